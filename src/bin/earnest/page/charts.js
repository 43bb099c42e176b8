// Charts, each with its data behind it.
const ink = () => getComputedStyle(document.body).color;
const COLOURS = ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#56b4e9', '#d55e00', '#f0e442', '#999999'];
const SIDES = { better: '#0072b2', same: '#999999', worse: '#d55e00' };
const live = [];

const axis = values => ({ type: 'category', data: values, axisLabel: { color: ink() } });
const value = key => ({
  type: 'value',
  axisLabel: { color: ink(), formatter: number => (isShare(key) ? part : nice).format(number) },
  splitLine: { lineStyle: { opacity: 0.25 } },
});
const line = (name, data) => ({ type: 'line', name, showSymbol: false, data });
const bar = (name, data, more) => ({ type: 'bar', name, data, ...more });

// `unit` is what the values are in, `key` how they are written: as money, as a share, else as numbers.
const chart = ({ id, title, why = tell(title + '_why'), unit = '', key, option, heads, rows }) => {
  const figure = el('figure'),
    box = el('div', undefined, 'chart'),
    name = tell(title) + (unit && ', ' + unit);
  figure.id = 'chart-' + id;
  box.setAttribute('role', 'img');
  box.setAttribute('aria-label', name + '. ' + why);
  const details = el('details'),
    table = el('table'),
    scroll = el('div', undefined, 'scroll');
  scroll.append(table);
  details.append(el('summary', tell('data')), scroll);
  figure.append(el('figcaption', name), el('p', why), box, details);
  const number = each => {
    if (typeof each === 'number') return { text: show(each, key), value: each };
    return each && each.key ? { text: show(each.number, each.key), value: each.number } : { text: String(each ?? '–') };
  };
  sortable(
    table,
    heads,
    rows.map(row => row.map(number)),
    1,
  );
  $('charts').append(figure);
  const drawn = echarts.init(box, null, { renderer: 'svg' });
  drawn.setOption({
    animation: false,
    color: COLOURS,
    textStyle: { color: ink(), fontFamily: getComputedStyle(document.body).fontFamily },
    grid: { left: 8, right: 28, top: 36, bottom: 8, containLabel: true },
    legend: { top: 0, textStyle: { color: ink(), fontSize: 11 }, itemWidth: 16, itemGap: 8, type: 'scroll' },
    tooltip: { trigger: 'axis', valueFormatter: value => show(value, key) },
    ...option,
  });
  live.push(drawn);
};

// Months from the first purchase on: before it there are no more than days of joining.
const monthsOf = all => {
  const months = names(all, 'month').sort();
  return months.slice(
    Math.max(
      months.findIndex(month => all.some(one => cell(one, 'month', month, 'purchases'))),
      0,
    ),
  );
};

// All variants where they can be told apart, else the chosen one beside the baseline.
const costByMonth = pair => {
  const shown = variants.length <= 6 ? variants : pair,
    [before, one] = pair;
  const months = monthsOf(shown),
    cost = (each, month) => cell(each, 'month', month, 'cost') || 0;
  const share = month => {
    const [from, to] = [cost(before, month), cost(one, month)];
    return { number: from > 0 ? (to - from) / from : undefined, key: 'share' };
  };
  chart({
    id: 'time',
    title: 'c_time',
    why: tell('c_time_why', data.as_of),
    unit: currency,
    key: 'cost',
    option: {
      xAxis: axis(months),
      yAxis: value(),
      series: shown.map(each =>
        line(
          each.name,
          months.map(month => cost(each, month)),
        ),
      ),
    },
    heads: [tell('month'), ...shown.map(each => each.name), ...(one ? [tell('more_by', one.name)] : [])],
    rows: months.map(month => [month, ...shown.map(each => cost(each, month)), ...(one ? [share(month)] : [])]),
  });
};

const rollForward = (one, unit) => {
  const months = monthsOf([one]),
    at = (month, what) => cell(one, 'month', month, unit + '.' + what) || 0;
  const flows = [
    ['earned', 1],
    ['redeemed', -1],
    ['expired', -1],
    ['reversed', -1],
    ['adjusted', 1],
  ];
  const bars = flows.map(([what, sign]) =>
    bar(
      say['f_' + what],
      months.map(month => sign * at(month, what) || 0),
      { stack: 'all' },
    ),
  );
  const whats = ['opening', ...flows.map(([what]) => what), 'balance'];
  chart({
    id: 'roll',
    title: 'c_roll',
    unit,
    why: tell('c_roll_why', one.name),
    option: {
      xAxis: axis(months),
      yAxis: value(),
      series: [
        ...bars,
        line(
          say.f_balance,
          months.map(month => at(month, 'balance')),
        ),
      ],
    },
    heads: [tell('month'), ...whats.map(what => say['f_' + what])],
    rows: months.map(month => [month, ...whats.map(what => at(month, what))]),
  });
};

const winnersAndLosers = one => {
  const all = one.changes.distribution,
    taken = band => band.members;
  const bands = all.slice(Math.max(all.findIndex(taken), 0), all.findLastIndex(taken) + 1);
  const name = ({ from, to }) => {
    if (from === null) return '< ' + show(Number(to));
    if (to === null) return '≥ ' + show(Number(from));
    return from === to ? '0' : show(Number(from)) + ' … ' + show(Number(to));
  };
  const colour = ({ from, to }) => (from === to ? SIDES.same : Number(from ?? -1) >= 0 ? SIDES.better : SIDES.worse);
  const { better, worse, same } = one.members,
    sum = key => show(Number(one.changes[key]), 'money');
  chart({
    id: 'who',
    title: 'c_who',
    unit: tell('by_change', currency),
    why: tell('c_who_why', show(better), show(worse), show(same), sum('gained'), sum('lost'), currency),
    option: {
      xAxis: { ...axis(bands.map(name)), axisLabel: { color: ink(), rotate: 40 } },
      yAxis: value(),
      legend: { show: false },
      series: [
        bar(
          tell('f_members'),
          bands.map(band => ({ value: band.members, itemStyle: { color: colour(band) } })),
        ),
      ],
    },
    heads: [tell('change_of', currency), tell('f_members')],
    rows: bands.map(band => [name(band), band.members]),
  });
};

const tierFlows = one => {
  for (const [ladder, moves] of Object.entries(one.flows)) {
    const nodes = [...new Set(moves.flatMap(move => [move.from + ' ', ' ' + move.to]))];
    const link = move => ({ source: move.from + ' ', target: ' ' + move.to, value: move.members });
    const sankey = {
      type: 'sankey',
      nodeAlign: 'justify',
      draggable: false,
      label: { color: ink(), formatter: node => node.name.trim() },
      lineStyle: { color: 'source', opacity: 0.35 },
      data: nodes.map(node => ({ name: node })),
      links: moves.filter(move => move.members > 0).map(link),
    };
    chart({
      id: 'flow-' + ladder,
      title: 'c_flow',
      why: ladder + ': ' + tell('c_flow_why'),
      option: { tooltip: { trigger: 'item' }, legend: { show: false }, series: [sankey] },
      heads: [tell('before'), tell('after'), tell('f_members')],
      rows: moves.map(move => [move.from, move.to, move.members]),
    });
  }
};

// Members by tier at the end of each month: how a ladder fills.
const membersByTier = one => {
  const months = monthsOf([one]);
  for (const ladder of data.ladders) {
    const start = 'tier.' + ladder + '.';
    const tiers = Object.keys(one.by.month[months[0]] || {}).filter(key => key.startsWith(start));
    const held = (tier, month) => cell(one, 'month', month, tier) || 0,
      name = tier => tier.slice(start.length);
    if (!tiers.length) continue;
    chart({
      id: 'levels-' + ladder,
      title: 'c_levels',
      why: tell('c_levels_why', ladder, one.name),
      option: {
        xAxis: axis(months),
        yAxis: value(),
        series: tiers.map(tier =>
          bar(
            name(tier),
            months.map(month => held(tier, month)),
            { stack: 'all' },
          ),
        ),
      },
      heads: [tell('month'), ...tiers.map(name)],
      rows: months.map(month => [month, ...tiers.map(tier => held(tier, month))]),
    });
  }
};

// A variant that has no such ladder or attribute is left out, and it is said.
const costBySlice = (pair, by) => {
  const shown = pair.filter(each => each.by[by]),
    without = pair.filter(each => !each.by[by]).map(each => each.name);
  const all = names(shown, by).slice(0, 40),
    cost = (each, name) => cell(each, by, name, 'cost') || 0;
  const said = tell(data.ladders.includes(by) ? 'c_slice_tier' : 'c_slice_why', by);
  const why = [said, ...without.map(name => tell('c_slice_without', name, by))].join(' ');
  if (!shown.length) return;
  chart({
    id: 'slice',
    title: 'c_slice',
    unit: currency,
    key: 'cost',
    why,
    option: {
      xAxis: value(),
      yAxis: { ...axis(all.map(slice)), inverse: true },
      series: shown.map(each =>
        bar(
          each.name,
          all.map(name => cost(each, name)),
        ),
      ),
    },
    heads: [by, ...shown.map(each => each.name)],
    rows: all.map(name => [slice(name), ...shown.map(each => cost(each, name))]),
  });
};

const winnersBySlice = (one, by) => {
  const parts = one.changes.by[by];
  if (!parts) return;
  const all = Object.keys(base.by[by] || one.by[by] || parts)
      .filter(name => parts[name])
      .slice(0, 40),
    sides = Object.keys(SIDES);
  const mean = part => {
    const members = sides.reduce((sum, side) => sum + part[side], 0);
    return members ? Number(part.change) / members : undefined;
  };
  const series = side =>
    bar(
      tell('members_' + side),
      all.map(name => parts[name][side]),
      { stack: 'all', itemStyle: { color: SIDES[side] } },
    );
  chart({
    id: 'part',
    title: 'c_part',
    unit: tell('f_members'),
    why: tell('c_part_why', by, base.by[by] ? base.name : one.name),
    option: { xAxis: value(), yAxis: { ...axis(all.map(slice)), inverse: true }, series: sides.map(series) },
    heads: [by, ...sides.map(side => tell('members_' + side)), tell('change_of', currency), tell('each', currency)],
    rows: all.map(name => [
      slice(name),
      ...sides.map(side => parts[name][side]),
      { number: Number(parts[name].change), key: 'money' },
      { number: mean(parts[name]), key: 'money' },
    ]),
  });
};

const rulesThatFired = pair => {
  const rules = names(pair, 'rule').filter(Boolean),
    fired = (each, rule) => cell(each, 'rule', rule, 'fired') || 0;
  if (!rules.length) return;
  chart({
    id: 'rules',
    title: 'c_rules',
    key: 'share',
    option: {
      xAxis: value('share'),
      yAxis: { ...axis(rules), inverse: true },
      series: pair.map(each =>
        bar(
          each.name,
          rules.map(rule => fired(each, rule)),
        ),
      ),
    },
    heads: [tell('rule'), ...pair.map(each => each.name)],
    rows: rules.map(rule => [rule, ...pair.map(each => fired(each, rule))]),
  });
};

const redeemedByIssue = (pair, unit) => {
  const months = names(pair, 'issue-month').filter(Boolean).sort();
  const rate = (each, month) => cell(each, 'issue-month', month, unit + '.redemption_rate') || 0;
  if (!months.length) return;
  chart({
    id: 'issue',
    title: 'c_issue',
    key: 'share',
    option: {
      xAxis: axis(months),
      yAxis: value('share'),
      series: pair.map(each =>
        line(
          each.name,
          months.map(month => rate(each, month)),
        ),
      ),
    },
    heads: [tell('issue_month'), ...pair.map(each => each.name)],
    rows: months.map(month => [month, ...pair.map(each => rate(each, month))]),
  });
};

const sweep = () => {
  const swept = variants.slice(1).filter(each => /^[^,=]+=[^,]+$/.test(each.name));
  if (swept.length < 3) return;
  const side = which => ({
    ...line(
      tell('members_' + which),
      swept.map(each => each.members[which]),
    ),
    yAxisIndex: 1,
  });
  chart({
    id: 'sweep',
    title: 'c_sweep',
    option: {
      xAxis: axis(swept.map(each => each.name)),
      yAxis: [
        { ...value(), name: currency },
        { ...value(), name: tell('f_members'), splitLine: { show: false } },
      ],
      series: [
        line(
          label('cost'),
          swept.map(each => each.total.cost),
        ),
        side('better'),
        side('worse'),
      ],
    },
    heads: [tell('variant'), label('cost'), tell('members_better'), tell('members_worse')],
    rows: swept.map(each => [
      each.name,
      { number: each.total.cost, key: 'cost' },
      each.members.better,
      each.members.worse,
    ]),
  });
};

// In units; where all variants have the same worth of a unit, in money as well.
const openLots = (pair, unit) => {
  const months = [...new Set(pair.flatMap(each => Object.keys(each.lots[unit] || {})))].sort();
  const name = month => (month === 'never' ? tell('never') : month),
    open = (each, month) => Number((each.lots[unit] || {})[month] || 0);
  const worth = (data.worths.find(([of]) => of === unit) || [])[1];
  const owed = (each, month) => ({ number: open(each, month) * worth, key: 'money' });
  if (!months.length) return;
  chart({
    id: 'lots',
    title: 'c_lots',
    unit,
    option: {
      xAxis: axis(months.map(name)),
      yAxis: value(),
      series: pair.map(each =>
        bar(
          each.name,
          months.map(month => open(each, month)),
        ),
      ),
    },
    heads: [
      tell('month'),
      ...pair.map(each => each.name),
      ...(worth ? pair.map(each => each.name + ', ' + currency) : []),
    ],
    rows: months.map(month => [
      name(month),
      ...pair.map(each => open(each, month)),
      ...(worth ? pair.map(each => owed(each, month)) : []),
    ]),
  });
};

const nearMisses = near => {
  const bands = [
    ['5%', '0–5 %'],
    ['10%', '5–10 %'],
    ['25%', '10–25 %'],
    ['50%', '25–50 %'],
    ['more', tell('missed_more')],
  ];
  const shown = [...near]
    .sort((one, other) => other[1].missed - one[1].missed)
    .slice(0, 15)
    .reverse();
  chart({
    id: 'near',
    title: 'c_near',
    option: {
      xAxis: value(),
      yAxis: axis(shown.map(([name]) => name)),
      series: bands.map(([band, name]) =>
        bar(
          name,
          shown.map(([, each]) => each.by_up_to[band]),
          { stack: 'all' },
        ),
      ),
    },
    heads: [tell('missed_what'), ...bands.map(([band, name]) => (band === 'more' ? name : tell('missed_by', name)))],
    rows: near.map(([name, each]) => [name, ...bands.map(([band]) => each.by_up_to[band])]),
  });
};
