'use strict';
// Draws the report from the data beside it. No figure is worked out here but differences of two, and the share of cost,
// which would be rounded twice.
(() => {
  const data = JSON.parse(document.getElementById('data').textContent);
  const { say, variants, currency } = data;
  const base = variants[0];
  const $ = id => document.getElementById(id);
  const el = (tag, text, cls) => { const made = document.createElement(tag); if (text !== undefined) made.textContent = text; if (cls) made.className = cls; return made; };
  const quoted = word => /^[\p{L}\p{N}_\-./=:@%+,]+$/u.test(word) ? word : "'" + word.replaceAll("'", "'\\''") + "'";
  const tell = (key, ...values) => values.reduce((text, value, at) => text.split('%' + at).join(value), say[key] || key);
  const nice = new Intl.NumberFormat(data.lang, { maximumFractionDigits: 2 });
  const part = new Intl.NumberFormat(data.lang, { style: 'percent', maximumFractionDigits: 2 });
  const isShare = key => ['cost_share', 'retention', 'member_share', 'rules_fired', 'fired'].includes(key) || (key || '').endsWith('.redemption_rate');
  const isMoney = key => ['revenue', 'discounts', 'cost', 'average_receipt', 'liability', 'others', 'money'].includes(key);
  const money = new Intl.NumberFormat(data.lang, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  const show = (value, key) => value === undefined || value === null ? '–' : isShare(key) ? part.format(value) : isMoney(key) ? money.format(value) : nice.format(value);
  // Two shares differ by points of a per cent, not by per cent.
  const signed = (value, key) => (value > 0 ? '+' : '') + (isShare(key) ? tell('points_of', nice.format(value * 100)) : show(value, key));
  const label = key => { const [unit, what] = key.includes('.') ? [key.slice(0, key.lastIndexOf('.')), key.slice(key.lastIndexOf('.') + 1)] : [null, key]; return unit === null ? (say['f_' + what] || what) + (isMoney(what) ? ', ' + currency : '') : unit + ': ' + (say['f_' + what] || what); };
  // A table comes as its columns and rows; a row as numbers in the order of the columns.
  const rowOf = (table, at) => Object.fromEntries(table.columns.map((name, column) => [name, table.rows[at][1][column] === null ? undefined : Number(table.rows[at][1][column])]));
  const numbers = table => Object.fromEntries(table.rows.map((row, at) => [row[0], rowOf(table, at)]));
  const pairs = list => Object.fromEntries(list.map(([name, value]) => [name, Number(value)]));
  for (const one of variants) { one.by = Object.fromEntries(Object.entries(one.by).map(([name, table]) => [name, numbers(table)])); one.total = pairs(one.total); one.measures = pairs(one.measures); for (const row of [one.total, ...Object.values(one.by).flatMap(Object.values)]) if (row.revenue > 0 && row.cost_share !== undefined) row.cost_share = row.cost / row.revenue; }

  document.querySelectorAll('[data-say]').forEach(node => { node.textContent = tell(node.dataset.say); });
  const sold = Object.keys(base.by.month || {}).filter(month => base.by.month[month].purchases).sort();
  $('kicker').textContent = data.program + ' · ' + (sold.length ? tell('period', sold[0], data.as_of) : data.as_of || '–');
  $('question').textContent = data.question;
  data.answers.forEach((text, at) => { const item = el('li', text), tried = el('ul', undefined, 'hint'); (data.tried[at] || []).forEach(line => tried.append(el('li', line))); if (tried.children.length) item.append(tried); $('answers').append(item); });
  const note = (title, list) => { if (!list.length) return; const box = el('div', undefined, 'note'); box.append(el('h2', title)); const ul = el('ul'); list.forEach(text => ul.append(el('li', text))); box.append(ul); $('notes').append(box); };
  note(tell('assumed'), variants.flatMap(one => one.assumptions.map(text => one.name + ': ' + text)));
  note(tell('warned'), data.warnings);
  note(tell('fixed'), data.fixed);

  // Key figures: a row a figure, a column a variant, the difference below.
  const figures = () => {
    const table = $('figures');
    const head = el('tr'); head.append(el('th', ''));
    variants.forEach(one => { const th = el('th', one.name); if (one === base && variants.length > 1) th.append(el('span', tell('as_it_is'), 'delta')); head.append(th); });
    const body = el('tbody');
    const row = (name, of, key, plain) => {
      const values = variants.map(of);
      if (!plain && values.every(value => value === undefined || value === 0)) return;
      const line = el('tr'); const th = el('th', name); th.scope = 'row'; line.append(th);
      values.forEach((value, at) => { const cell = el('td', show(value, key)); const change = at && !plain ? (value || 0) - (values[0] || 0) : 0; if (Math.abs(change) > 1e-9) cell.append(el('span', signed(change, key), 'delta ' + (change > 0 ? 'up' : 'down'))); line.append(cell); });
      body.append(line);
    };
    Object.keys(base.total).filter(key => key !== 'rules_fired').forEach(key => row(label(key), one => one.total[key], key));
    Object.keys(base.measures).forEach(name => row(name, one => one.measures[name]));
    if (variants.length > 1) for (const side of ['better', 'worse', 'same']) row(tell('members_' + side), one => one === base ? undefined : one.members[side], undefined, true);
    const thead = el('thead'); thead.append(head); table.replaceChildren(thead, body);
  };

  // A table whose heads sort.
  const sortable = (table, heads, rows, texts) => {
    let by = null, down = true;
    const draw = () => {
      const thead = el('thead'), line = el('tr');
      heads.forEach((name, at) => { const th = el('th', undefined, at < texts ? 'text' : ''); th.scope = 'col'; th.setAttribute('aria-sort', by === at ? (down ? 'descending' : 'ascending') : 'none'); const button = el('button', name + (by === at ? (down ? ' ▾' : ' ▴') : '')); button.onclick = () => { down = by === at ? !down : at >= texts; by = at; draw(); table.querySelectorAll('th button')[at].focus(); }; th.append(button); line.append(th); });
      thead.append(line);
      const sorted = by === null ? rows : [...rows].sort((one, other) => { const [a, b] = [one[by], other[by]].map(cell => cell.value ?? cell.text); return (a === undefined ? -1 : b === undefined ? 1 : a < b ? -1 : a > b ? 1 : 0) * (down ? -1 : 1); });
      const tbody = el('tbody');
      sorted.forEach(cells => { const tr = el('tr'); cells.forEach((cell, at) => { const td = el('td', cell.text, (at < texts ? 'text ' : '') + (cell.cls || '')); if (cell.ask) { const ask = el('details', undefined, 'ask'); ask.append(el('summary', tell('ask')), el('code', cell.ask)); td.append(' ', ask); } tr.append(td); }); tbody.append(tr); });
      table.replaceChildren(thead, tbody);
    };
    draw();
  };

  const dark = matchMedia('(prefers-color-scheme: dark)');
  const ink = () => getComputedStyle(document.body).color;
  const colours = ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#56b4e9', '#d55e00', '#f0e442', '#999999'];
  const live = [];
  const chart = (id, key, option, heads, rows, why) => {
    const figure = el('figure'); figure.id = 'chart-' + id;
    figure.append(el('figcaption', tell(key))); figure.append(el('p', why || tell(key + '_why')));
    const box = el('div', undefined, 'chart'); box.setAttribute('role', 'img'); box.setAttribute('aria-label', tell(key) + '. ' + (why || tell(key + '_why')));
    figure.append(box);
    const details = el('details'), summary = el('summary', tell('data')), table = el('table');
    const scroll = el('div', undefined, 'scroll'); scroll.append(table); details.append(summary, scroll); figure.append(details);
    sortable(table, heads, rows.map(row => row.map(cell => typeof cell === 'number' ? { text: show(cell), value: cell } : cell && cell.share !== undefined ? { text: part.format(cell.share), value: cell.share } : { text: String(cell ?? '–') })), 1);
    $('charts').append(figure);
    const drawn = echarts.init(box, null, { renderer: 'svg' });
    drawn.setOption({ animation: false, color: colours, textStyle: { color: ink(), fontFamily: 'inherit' }, grid: { left: 8, right: 16, top: 36, bottom: 8, containLabel: true }, legend: { top: 0, textStyle: { color: ink() }, type: 'scroll' }, tooltip: { trigger: 'axis', valueFormatter: value => show(value) }, ...option });
    live.push(drawn);
  };
  const axis = values => ({ type: 'category', data: values, axisLabel: { color: ink() } });
  const value = () => ({ type: 'value', axisLabel: { color: ink(), formatter: number => nice.format(number) }, splitLine: { lineStyle: { opacity: .25 } } });

  const draw = () => {
    live.splice(0).forEach(drawn => drawn.dispose());
    $('charts').replaceChildren();
    const one = variants[$('variant').value], unit = $('unit').value, by = $('by').value;
    const pair = one === base ? [base] : [base, one];
    const all = [...new Set(pair.flatMap(each => Object.keys(each.by.month || {})))].sort();
    // What lies before the first purchase is no more than days of joining.
    const first = all.findIndex(month => pair.some(each => (each.by.month[month] || {}).purchases));
    const months = all.slice(Math.max(first, 0));
    const at = (each, month, key) => (each.by.month[month] || {})[key];
    chart('time', 'c_time', { xAxis: axis(months), yAxis: value(), series: pair.map(each => ({ type: 'line', name: each.name, showSymbol: false, data: months.map(month => at(each, month, 'cost') || 0) })) },
      [tell('month'), ...pair.map(each => each.name)], months.map(month => [month, ...pair.map(each => at(each, month, 'cost') || 0)]));
    const flows = [['earned', 1], ['redeemed', -1], ['expired', -1], ['reversed', -1], ['adjusted', 1]];
    chart('roll', 'c_roll', { xAxis: axis(months), yAxis: value(), series: [...flows.map(([what, sign]) => ({ type: 'bar', stack: 'all', name: say['f_' + what], data: months.map(month => sign * (at(one, month, unit + '.' + what) || 0) || 0) })), { type: 'line', name: say.f_balance, showSymbol: false, data: months.map(month => at(one, month, unit + '.balance') || 0) }] },
      [tell('month'), say.f_opening, ...flows.map(([what]) => say['f_' + what]), say.f_balance], months.map(month => [month, at(one, month, unit + '.opening') || 0, ...flows.map(([what]) => at(one, month, unit + '.' + what) || 0), at(one, month, unit + '.balance') || 0]));
    if (one !== base) {
      const all = one.changes.distribution, taken = band => band.members;
      const bands = all.slice(Math.max(all.findIndex(taken), 0), all.findLastIndex(taken) + 1);
      const name = band => band.from === null ? '< ' + show(Number(band.to)) : band.to === null ? '≥ ' + show(Number(band.from)) : band.from === band.to ? '0' : show(Number(band.from)) + ' … ' + show(Number(band.to));
      chart('who', 'c_who', { xAxis: { ...axis(bands.map(name)), axisLabel: { color: ink(), rotate: 40 } }, yAxis: value(), legend: { show: false }, series: [{ type: 'bar', name: tell('f_members'), data: bands.map(band => ({ value: band.members, itemStyle: { color: band.from === band.to ? '#999999' : Number(band.from ?? -1) >= 0 ? '#0072b2' : '#d55e00' } })) }] },
        [tell('change_of', currency), tell('f_members')], bands.map(band => [name(band), band.members]),
        tell('c_who_why', show(one.members.better), show(one.members.worse), show(one.members.same), show(Number(one.changes.gained), 'money'), show(Number(one.changes.lost), 'money'), currency));
      for (const [ladder, moves] of Object.entries(one.flows)) {
        const nodes = [...new Set(moves.flatMap(move => [move.from + ' ', ' ' + move.to]))];
        chart('flow-' + ladder, 'c_flow', { tooltip: { trigger: 'item' }, legend: { show: false }, series: [{ type: 'sankey', nodeAlign: 'justify', draggable: false, label: { color: ink(), formatter: node => node.name.trim() }, lineStyle: { color: 'source', opacity: .35 }, data: nodes.map(node => ({ name: node })), links: moves.filter(move => move.members > 0).map(move => ({ source: move.from + ' ', target: ' ' + move.to, value: move.members })) }] },
          [tell('before'), tell('after'), tell('f_members')], moves.map(move => [move.from, move.to, move.members]), ladder + ': ' + tell('c_flow_why'));
      }
    }
    const slices = [...new Set(pair.flatMap(each => Object.keys(each.by[by] || {})))].slice(0, 40);
    chart('slice', 'c_slice', { xAxis: value(), yAxis: { ...axis(slices.map(slice => slice || tell('none'))), inverse: true }, series: pair.map(each => ({ type: 'bar', name: each.name, data: slices.map(slice => ((each.by[by] || {})[slice] || {}).cost || 0) })) },
      [by, ...pair.map(each => each.name)], slices.map(slice => [slice || tell('none'), ...pair.map(each => ((each.by[by] || {})[slice] || {}).cost || 0)]), tell('c_slice_why', by));
    const parts = one === base ? undefined : one.changes.by[by];
    if (parts) {
      const names = Object.keys(base.by[by] || parts).filter(name => parts[name]).slice(0, 40), sides = ['better', 'same', 'worse'], shade = { better: '#0072b2', same: '#999999', worse: '#d55e00' };
      chart('part', 'c_part', { xAxis: value(), yAxis: { ...axis(names.map(name => name || tell('none'))), inverse: true }, series: sides.map(side => ({ type: 'bar', stack: 'all', name: tell('members_' + side), itemStyle: { color: shade[side] }, data: names.map(name => parts[name][side]) })) },
        [by, ...sides.map(side => tell('members_' + side)), tell('change_of', currency)], names.map(name => [name || tell('none'), ...sides.map(side => parts[name][side]), Number(parts[name].change)]), tell('c_part_why', by));
    }
    const rules = [...new Set(pair.flatMap(each => Object.keys(each.by.rule || {})))].filter(Boolean), gave = (each, rule) => ((each.by.rule || {})[rule] || {}).fired || 0;
    if (rules.length) chart('rules', 'c_rules', { xAxis: { ...value(), axisLabel: { color: ink(), formatter: number => part.format(number) } }, tooltip: { trigger: 'axis', valueFormatter: number => part.format(number) }, yAxis: { ...axis(rules), inverse: true }, series: pair.map(each => ({ type: 'bar', name: each.name, data: rules.map(rule => gave(each, rule)) })) },
      [tell('rule'), ...pair.map(each => each.name)], rules.map(rule => [rule, ...pair.map(each => ({ share: gave(each, rule) }))]));
    const issued = [...new Set(pair.flatMap(each => Object.keys(each.by['issue-month'] || {})))].filter(Boolean).sort(), rate = (each, month) => ((each.by['issue-month'] || {})[month] || {})[unit + '.redemption_rate'] || 0;
    if (issued.length) chart('issue', 'c_issue', { xAxis: axis(issued), yAxis: { ...value(), axisLabel: { color: ink(), formatter: number => part.format(number) } }, tooltip: { trigger: 'axis', valueFormatter: number => part.format(number) }, series: pair.map(each => ({ type: 'line', name: each.name, showSymbol: false, data: issued.map(month => rate(each, month)) })) },
      [tell('issue_month'), ...pair.map(each => each.name)], issued.map(month => [month, ...pair.map(each => ({ share: rate(each, month) }))]));
    const swept = variants.slice(1).filter(each => /^[^,=]+=[^,]+$/.test(each.name));
    if (swept.length > 2) chart('sweep', 'c_sweep', { xAxis: axis(swept.map(each => each.name)), yAxis: [value(), { ...value(), splitLine: { show: false } }], series: [{ type: 'line', name: label('cost'), data: swept.map(each => each.total.cost) }, ...['better', 'worse'].map(side => ({ type: 'line', yAxisIndex: 1, name: tell('members_' + side), data: swept.map(each => each.members[side]) }))] },
      [tell('variant'), label('cost'), tell('members_better'), tell('members_worse')], swept.map(each => [each.name, each.total.cost, each.members.better, each.members.worse]));
    const lots = [...new Set(pair.flatMap(each => Object.keys(each.lots[unit] || {})))].sort();
    if (lots.length) chart('lots', 'c_lots', { xAxis: axis(lots.map(month => month === 'never' ? tell('never') : month)), yAxis: value(), series: pair.map(each => ({ type: 'bar', name: each.name, data: lots.map(month => Number((each.lots[unit] || {})[month] || 0)) })) },
      [tell('month'), ...pair.map(each => each.name)], lots.map(month => [month === 'never' ? tell('never') : month, ...pair.map(each => Number((each.lots[unit] || {})[month] || 0))]));

    const changes = one === base ? [] : [...one.changes.losers, ...one.changes.winners];
    const lacking = (key, move) => move.short ? ': ' + tell(key, show(Number(move.short.more)), move.short.unit) : '';
    const moved = move => move.run === 'after' ? (move.falls ? tell('lost', move.from, move.day) + lacking('short', move) : tell('moved', move.ladder, move.from, move.to, move.day)) : move.falls ? '' : tell('no_tier', move.to, move.day) + lacking('always_short', move);
    const because = change => [...(change.moves || []).map(moved).filter(Boolean).slice(-3), ...change.rules.slice(0, 3).map(rule => (rule.rule || tell('f_discounts')) + ' ' + signed(Number(rule.change), 'money'))].join('; ');
    sortable($('largest'), [tell('member'), tell('why'), tell('before') + ', ' + currency, tell('after') + ', ' + currency, tell('change_of', currency)], changes.map(change => { const diff = Number(change.after) - Number(change.before); return [{ text: change.member, ask: one.explain && one.explain + ' ' + quoted(change.member) }, { text: because(change) }, { text: show(Number(change.before), 'money'), value: Number(change.before) }, { text: show(Number(change.after), 'money'), value: Number(change.after) }, { text: signed(diff, 'money'), value: diff, cls: diff > 0 ? 'up' : 'down' }]; }), 2);
    $('explain').textContent = changes.length ? tell('explain') : tell('nobody');

    const near = [...Object.entries(one.near.rules || {}).flatMap(([rule, all]) => all.map(each => [rule, each])), ...Object.entries(one.near.tiers || {}).flatMap(([ladder, tiers]) => Object.entries(tiers).map(([tier, each]) => [ladder + ': ' + tier, each]))].filter(([, each]) => each.missed > 0);
    $('near').hidden = !near.length;
    if (near.length) {
      const bands = ['5%', '10%', '25%', '50%', 'more'], bounds = ['90%', '95%', '100%', '105%', '110%'];
      const shown = [...near].sort((a, b) => b[1].missed - a[1].missed).slice(0, 15).reverse();
      chart('near', 'c_near', { xAxis: value(), yAxis: axis(shown.map(([name]) => name)), series: bands.map(band => ({ type: 'bar', stack: 'all', name: band === 'more' ? tell('missed_more') : '≤ ' + band, data: shown.map(([, each]) => each.by_up_to[band]) })) },
        [tell('missed_what'), ...bands.map(band => band === 'more' ? tell('missed_more') : tell('missed_by', band))], near.map(([name, each]) => [name, ...bands.map(band => each.by_up_to[band])]));
      const held = (each, bound) => { const [now, then] = [each.held_at['100%'], each.held_at[bound]]; if (then === undefined) return { text: '–' }; return { text: show(then) + (now !== undefined && bound !== '100%' && then !== now ? ' (' + signed(then - now) + ')' : ''), value: then }; };
      sortable($('misses'), [tell('missed_what'), tell('needs'), tell('missed'), tell('f_members'), tell('short_mean'), ...bounds.map(bound => tell('held_at', bound))], near.map(([name, each]) => [{ text: name }, { text: each.needs }, { text: show(each.missed), value: each.missed }, { text: show(each.members), value: each.members }, { text: show(Number(each.missing) / each.missed) + (each.unit ? ' ' + each.unit : ''), value: Number(each.missing) / each.missed }, ...bounds.map(bound => held(each, bound))]), 2);
    }

    const columns = ['revenue', 'purchases', 'members', 'active', 'times', 'fired', 'cost', 'cost_share', 'retention', 'member_share', unit + '.earned', unit + '.redeemed', unit + '.redemption_rate', unit + '.expired', unit + '.reversed'].filter(key => (by !== 'rule' || key !== 'cost_share') && Object.values(one.by[by] || {}).some(row => row[key] !== undefined));
    live.forEach(drawn => drawn.resize());
    const wanted = $('filter').value.trim().toLowerCase();
    const rows = Object.entries(one.by[by] || {}).filter(([slice]) => (slice || tell('none')).toLowerCase().includes(wanted));
    sortable($('slices'), [by, ...columns.map(key => by === 'rule' && key === 'revenue' ? tell('rule_revenue') + ', ' + currency : label(key))], rows.map(([slice, row]) => [{ text: slice || tell('none') }, ...columns.map(key => { const before = (base.by[by] || {})[slice], change = one === base || !before ? 0 : (row[key] || 0) - (before[key] || 0); return { text: show(row[key], key) + (change ? ' (' + signed(change, key) + ')' : ''), value: row[key] }; })]), 1);
  };

  variants.forEach((one, at) => $('variant').append(new Option(one === base && variants.length > 1 ? one.name + ' (' + tell('as_it_is') + ')' : one.name, at)));
  $('variant').value = variants.length > 1 ? 1 : 0;
  data.units.forEach(unit => $('unit').append(new Option(unit, unit)));
  data.dimensions.forEach(name => $('by').append(new Option(['month', 'rule', 'issue-month'].includes(name) ? tell(name.replace('-', '_')) : name, name)));
  $('by').value = data.ladders[0] || (data.dimensions.includes('rule') ? 'rule' : data.dimensions[0]);
  for (const id of ['variant', 'unit', 'by']) $(id).onchange = draw;
  $('filter').oninput = draw;
  for (const [key, text] of data.made) { $('made').append(el('dt', say['m_' + key] || key), el('dd', text)); }
  figures(); draw();
  addEventListener('resize', () => live.forEach(drawn => drawn.resize()));
  dark.addEventListener('change', draw);
})();
