// Tables: the key figures, those that sort, and what fills them.

// A row a figure, a column a variant, the difference to the baseline below. What is the same for all stands once.
const figures = (table, rows) => {
  const head = el('tr');
  head.append(el('th', ''));
  head.append(...variants.map(one => el('th', one.name)));
  const body = el('tbody'),
    same = el('tbody');
  for (const { name, of, key, plain } of rows) {
    const values = variants.map(of);
    if (!plain && values.every(value => value === undefined || value === 0)) continue;
    const line = el('tr'),
      th = el('th', name);
    th.scope = 'row';
    line.append(th);
    if (!plain && variants.length > 1 && values.every(value => value === values[0])) {
      const td = el('td', show(values[0], key) + ' ');
      td.append(el('span', tell('in_all'), 'hint'));
      td.colSpan = variants.length;
      td.className = 'text';
      line.append(td);
      same.append(line);
      continue;
    }
    values.forEach((value, at) => {
      const td = el('td', typeof value === 'string' ? value : show(value, key));
      const change = at && !plain ? (value || 0) - (values[0] || 0) : 0;
      if (Math.abs(change) > 1e-9) td.append(el('span', signed(change, key), 'delta ' + (change > 0 ? 'up' : 'down')));
      line.append(td);
    });
    body.append(line);
  }
  const thead = el('thead');
  thead.append(head);
  table.replaceChildren(thead, body, same);
};
const keyFigures = () => {
  const total = Object.keys(base.total).filter(key => key !== 'rules_fired');
  const rows = total.map(key => ({ name: label(key), of: one => one.total[key], key }));
  rows.push(...Object.keys(base.measures).map(name => ({ name, of: one => one.measures[name] })));
  rows.push({ name: tell('largest_cost'), of: one => one.largest_cost, plain: true });
  if (variants.length < 2) return rows;
  const gain = (key, of) => ({ name: tell(key), of: one => (one === base ? undefined : of(one)), plain: true });
  for (const side of ['better', 'worse', 'same']) rows.push(gain('members_' + side, one => one.members[side]));
  rows.push(gain('median_gain', one => show(Number(one.changes.median_gain), 'money')));
  rows.push(
    gain('top_gain', one =>
      show(Number(one.changes.gained) > 0 ? one.changes.gained_by_top_tenth / one.changes.gained : undefined, 'share'),
    ),
  );
  if (variants.some(one => one.members.worse))
    rows.push(gain('median_loss', one => show(Number(one.changes.median_loss), 'money')));
  return rows;
};
const costByRule = () =>
  names(variants, 'rule')
    .filter(Boolean)
    .map(rule => ({ name: rule, of: one => cell(one, 'rule', rule, 'cost'), key: 'cost' }));

// A table whose heads sort; the first `texts` columns are words.
const sortable = (table, heads, rows, texts) => {
  let by = null,
    down = true;
  const compare = (one, other) => {
    const [a, b] = [one[by], other[by]].map(each => each.value ?? each.text);
    return (a === undefined ? -1 : b === undefined ? 1 : a < b ? -1 : a > b ? 1 : 0) * (down ? -1 : 1);
  };
  const head = (name, at) => {
    const th = el('th', undefined, at < texts ? 'text' : '');
    th.scope = 'col';
    th.setAttribute('aria-sort', by === at ? (down ? 'descending' : 'ascending') : 'none');
    const button = el('button', name + (by === at ? (down ? ' ▾' : ' ▴') : ''));
    button.onclick = () => {
      down = by === at ? !down : at >= texts;
      by = at;
      draw();
      table.querySelectorAll('th button')[at].focus();
    };
    th.append(button);
    return th;
  };
  const data = (each, at) => {
    const td = el('td', each.text, (at < texts ? 'text ' : '') + (each.cls || ''));
    if (each.ask) {
      const ask = el('details', undefined, 'ask');
      ask.append(el('summary', tell('ask')), el('code', each.ask));
      td.append(' ', ask);
    }
    return td;
  };
  const draw = () => {
    const thead = el('thead'),
      line = el('tr'),
      tbody = el('tbody');
    line.append(...heads.map(head));
    thead.append(line);
    for (const cells of by === null ? rows : [...rows].sort(compare)) {
      const tr = el('tr');
      tr.append(...cells.map(data));
      tbody.append(tr);
    }
    table.replaceChildren(thead, tbody);
  };
  draw();
};

// Why a member's awards change: moves between tiers, then rules.
const lacking = (key, move) => (move.short ? ': ' + tell(key, show(Number(move.short.more)), move.short.unit) : '');
const moved = move => {
  if (move.run === 'before')
    return move.falls ? '' : tell('no_tier', move.to, move.day) + lacking('always_short', move);
  if (move.falls) return tell('lost', move.from, move.day) + lacking('short', move);
  return tell('moved', move.ladder, move.from, move.to, move.day);
};
const because = change => {
  const moves = (change.moves || []).map(moved).filter(Boolean).slice(-3);
  const rule = ({ rule, change }) => (rule || tell('f_discounts')) + ' ' + signed(Number(change), 'money');
  return [...moves, ...change.rules.slice(0, 3).map(rule)].join('; ');
};
const largest = one => {
  const changes = one === base ? [] : [...one.changes.losers, ...one.changes.winners];
  const heads = [
    tell('member'),
    tell('why'),
    tell('before') + ', ' + currency,
    tell('after') + ', ' + currency,
    tell('change_of', currency),
  ];
  const row = change => {
    const [before, after] = [Number(change.before), Number(change.after)];
    return [
      { text: change.member, ask: one.explain && one.explain + ' ' + quoted(change.member) },
      { text: because(change) },
      { text: show(before, 'money'), value: before },
      { text: show(after, 'money'), value: after },
      { text: signed(after - before, 'money'), value: after - before, cls: after > before ? 'up' : 'down' },
    ];
  };
  sortable($('largest'), heads, changes.map(row), 2);
  $('explain').textContent = changes.length ? tell('explain') : tell('nobody');
};

// Rules and tiers that were missed: what, of which kind, and the numbers.
const nearOf = one => {
  const rules = Object.entries(one.near.rules || {}).flatMap(([rule, all]) =>
    all.map(each => [rule, each, 'receipts']),
  );
  const tiers = Object.entries(one.near.tiers || {}).flatMap(([ladder, all]) =>
    Object.entries(all).map(([tier, each]) => [ladder + ': ' + tier, each, 'members']),
  );
  return [...rules, ...tiers].filter(([, each]) => each.missed > 0);
};
const misses = near => {
  const bounds = ['90%', '95%', '100%', '105%', '110%'];
  const held = (each, bound) => {
    const [now, then] = [each.held_at['100%'], each.held_at[bound]];
    if (then === undefined) return { text: '–' };
    const differs = now !== undefined && bound !== '100%' && then !== now;
    return { text: show(then) + (differs ? ' (' + signed(then - now) + ')' : ''), value: then };
  };
  const row = ([name, each, kind]) => {
    const mean = Number(each.missing) / each.missed;
    return [
      { text: name },
      { text: each.needs },
      { text: tell('missed_' + kind, show(each.missed)), value: each.missed },
      { text: show(each.members), value: each.members },
      {
        text: show(mean, each.unit === currency ? 'money' : undefined) + (each.unit ? ' ' + each.unit : ''),
        value: mean,
      },
      ...bounds.map(bound => held(each, bound)),
    ];
  };
  const heads = [tell('missed_what'), tell('needs'), tell('missed'), tell('f_members'), tell('short_mean')];
  sortable(
    $('misses'),
    [...heads, ...bounds.map(bound => tell(bound === '100%' ? 'held_now' : 'held_at', bound))],
    near.map(row),
    2,
  );
};

// All numbers of the chosen slice.
const slices = (one, by, unit) => {
  const of = ['earned', 'redeemed', 'redemption_rate', 'expired', 'reversed'].map(what => unit + '.' + what);
  const all = [
    'revenue',
    'purchases',
    'members',
    'active',
    'times',
    'fired',
    'cost',
    'cost_share',
    'retention',
    'member_share',
    ...of,
  ];
  const has = key => Object.values(one.by[by] || {}).some(row => row[key]);
  const columns = all.filter(key => (by !== 'rule' || key !== 'cost_share') && has(key));
  const head = key => {
    if (by === 'rule' && key === 'revenue') return tell('rule_revenue') + ', ' + currency;
    return data.ladders.includes(by) && ['members', 'active'].includes(key) ? tell('tier_' + key) : label(key);
  };
  const number = (name, row, key) => {
    const before = (base.by[by] || {})[name];
    const change = one === base || !before ? 0 : (row[key] || 0) - (before[key] || 0);
    return { text: show(row[key], key) + (change ? ' (' + signed(change, key) + ')' : ''), value: row[key] };
  };
  const wanted = $('filter').value.trim().toLowerCase();
  const rows = Object.entries(one.by[by] || {}).filter(([name]) => slice(name).toLowerCase().includes(wanted));
  const row = ([name, row]) => [{ text: slice(name) }, ...columns.map(key => number(name, row, key))];
  sortable($('slices'), [by, ...columns.map(head)], rows.map(row), 1);
};
