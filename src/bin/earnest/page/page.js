// Puts the page together, and draws it anew with each choice.
const list = (items, cls) => {
  const ul = el('ul', undefined, cls);
  ul.append(...items.map(text => el('li', text)));
  return ul;
};
const note = (title, items) => {
  if (!items.length) return;
  const box = el('div', undefined, 'note');
  box.append(el('h2', title), list(items));
  $('notes').append(box);
};

const head = () => {
  const sold = monthsOf([base]);
  $('kicker').textContent =
    data.program + ' · ' + (sold.length ? tell('period', sold[0], data.as_of) : data.as_of || '–');
  $('question').textContent = data.question;
  for (const { text, more, tried } of data.answers) {
    const item = el('li', text);
    item.append(list([...more, ...tried], 'hint'));
    $('answers').append(item);
  }
  if (data.rules.length) {
    const details = el('details', undefined, 'rules');
    details.open = data.rules.length <= 8;
    details.append(el('summary', tell('rules_before', base.name)), list(data.rules));
    $('rules').append(details);
  }
  note(
    tell('assumed'),
    variants.flatMap(one => one.assumptions.map(text => one.name + ': ' + text)),
  );
  note(tell('warned'), data.warnings);
  note(tell('fixed'), data.fixed);
};

const draw = () => {
  live.splice(0).forEach(drawn => drawn.dispose());
  $('charts').replaceChildren();
  const one = variants[$('variant').value],
    unit = $('unit').value,
    by = $('by').value;
  const pair = one === base ? [base] : [base, one],
    near = nearOf(one);
  costByMonth(pair);
  rollForward(one, unit);
  if (one !== base) {
    winnersAndLosers(one);
    tierFlows(one);
  }
  membersByTier(one);
  costBySlice(pair, by);
  if (one !== base) winnersBySlice(one, by);
  rulesThatFired(pair);
  redeemedByIssue(pair, unit);
  sweep();
  openLots(pair, unit);
  if (near.length) nearMisses(near);
  live.forEach(drawn => drawn.resize());
  largest(one);
  $('near').hidden = !near.length;
  misses(near);
  slices(one, by, unit);
};

const choices = () => {
  variants.forEach((one, at) => $('variant').append(new Option(one.name, at)));
  $('variant').value = variants.length > 1 ? 1 : 0;
  $('unit').parentElement.hidden = data.units.length < 2;
  data.units.forEach(unit => $('unit').append(new Option(unit, unit)));
  const own = ['month', 'rule', 'issue-month'];
  data.dimensions.forEach(name =>
    $('by').append(new Option(own.includes(name) ? tell(name.replace('-', '_')) : name, name)),
  );
  $('by').value = data.ladders[0] || (data.dimensions.includes('rule') ? 'rule' : data.dimensions[0]);
  for (const id of ['variant', 'unit', 'by']) $(id).onchange = draw;
  $('filter').oninput = draw;
};

document.querySelectorAll('[data-say]').forEach(node => (node.textContent = tell(node.dataset.say)));
for (const [key, text] of data.made) $('made').append(el('dt', say['m_' + key] || key), el('dd', text));
head();
figures($('figures'), keyFigures());
figures($('rule-costs'), costByRule());
choices();
draw();
addEventListener('resize', () => live.forEach(drawn => drawn.resize()));
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
