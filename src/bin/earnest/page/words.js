'use strict';
// The data of the page, and how its numbers and words are written. No figure is worked out here but differences of two,
// their share, and the share of cost, which would be rounded twice.
const data = JSON.parse(document.getElementById('data').textContent);
const { say, variants, currency } = data;
const base = variants[0];

const $ = id => document.getElementById(id);
const el = (tag, text, cls) => {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  if (cls) made.className = cls;
  return made;
};
// A word of a command line.
const quoted = word => (/^[\p{L}\p{N}_\-./=:@%+,]+$/u.test(word) ? word : "'" + word.replaceAll("'", "'\\''") + "'");
const tell = (key, ...values) => values.reduce((text, value, at) => text.split('%' + at).join(value), say[key] || key);

const nice = new Intl.NumberFormat(data.lang, { maximumFractionDigits: 2 });
const part = new Intl.NumberFormat(data.lang, { style: 'percent', maximumFractionDigits: 2 });
const money = new Intl.NumberFormat(data.lang, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const SHARES = ['cost_share', 'retention', 'member_share', 'rules_fired', 'fired', 'share'];
const SUMS = ['revenue', 'discounts', 'cost', 'average_receipt', 'liability', 'others', 'unmatched', 'money'];
const isShare = key => SHARES.includes(key) || (key || '').endsWith('.redemption_rate');
const isMoney = key => SUMS.includes(key);
const show = (value, key) => {
  if (value === undefined || value === null) return '–';
  return (isShare(key) ? part : isMoney(key) ? money : nice).format(value);
};
// Two shares differ by points of a per cent, not by per cent.
const signed = (value, key) =>
  (value > 0 ? '+' : '') + (isShare(key) ? tell('points_of', nice.format(value * 100)) : show(value, key));
const slice = name => name || tell('none');
const label = key => {
  const dot = key.lastIndexOf('.');
  if (dot >= 0) return key.slice(0, dot) + ': ' + (say['f_' + key.slice(dot + 1)] || key.slice(dot + 1));
  return (say['f_' + key] || key) + (isMoney(key) ? ', ' + currency : '');
};

// A table comes as its columns and rows; here it is an object of objects of numbers.
const numbers = table => {
  const number = text => (text === null ? undefined : Number(text));
  const row = values => Object.fromEntries(table.columns.map((name, at) => [name, number(values[at])]));
  return Object.fromEntries(table.rows.map(([name, values]) => [name, row(values)]));
};
const pairs = list => Object.fromEntries(list.map(([name, value]) => [name, Number(value)]));
for (const one of variants) {
  one.by = Object.fromEntries(Object.entries(one.by).map(([name, table]) => [name, numbers(table)]));
  one.total = pairs(one.total);
  one.measures = pairs(one.measures);
  for (const row of [one.total, ...Object.values(one.by).flatMap(Object.values)])
    if (row.revenue > 0 && row.cost_share !== undefined) row.cost_share = row.cost / row.revenue;
}
const cell = (one, by, name, key) => ((one.by[by] || {})[name] || {})[key];
// The names of a slice that any of the variants has, those of the first one first.
const names = (all, by) => [...new Set(all.flatMap(one => Object.keys(one.by[by] || {})))];
