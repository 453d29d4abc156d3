// Explains a number in a dialog: by a sentence of the page, and by its step of the trace with all that led to it.
// The page hands over the sentences and names in <script id="explaining">; nothing is computed here.

const given = JSON.parse(document.getElementById("explaining").textContent);
const dialog = document.getElementById("explain");
const place = dialog.querySelector(".steps");
let trace = null; // asked for once
let opener = null;

const say = (name, fields = {}) => given.says[name].replace(/\{(\w+)\}/g, (_, field) => fields[field] ?? "");
const UNFOLDED = ["measure", "observation", "source", "sum"];
const listed = (codes) => codes.map((code) => given.indicators[code] ?? code).join(given.separator);
const tierName = (code) => given.tiers[code] ?? code;

// Numbers as tierscore/reports/numbers.py says them.
const MISSING = "–";
const written = (value, options) => (value === null || value === undefined ? MISSING : new Intl.NumberFormat("en-US", { roundingMode: "halfEven", ...options }).format(value));
const rounded = (value) => written(value, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const plain = (value) => written(value, { maximumFractionDigits: Math.abs(value) >= 100 ? 2 : 4 });
const tenths = (value) => written(value, { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** An element with a text or with parts. */
function element(name, parts = [], attributes = {}) {
  const made = document.createElement(name);
  made.append(...(Array.isArray(parts) ? parts : [parts]));
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

const paragraph = (text) => element("p", text);
const list = (items) => element("ul", items.map((item) => element("li", item)));

/** What is known of some pairs; what is not is left out. */
function pairs(found) {
  const known = found.filter(([, value]) => value !== null && value !== undefined && value !== "");
  return known.length ? [element("dl", known.map(([name, value]) => element("div", [element("dt", name), element("dd", String(value))])))] : [];
}

function table(heads, rows) {
  const head = element("thead", element("tr", heads.map((text, at) => element("th", text, { scope: "col", class: at ? "number" : "" }))));
  const body = rows.map(([first, ...others]) => element("tr", [element("th", first, { scope: "row" }), ...others.map((text) => element("td", text, { class: "number" }))]));
  return element("div", element("table", [head, element("tbody", body)]), { class: "scroll" });
}

const judged = (met) => say(met ? "met" : "not_met");

/** Each test of a tier with what there is, what is needed, and whether it is met. */
function testsOf({ parameters: found }, score) {
  const said = [];
  const add = (name, there, needed, met) => said.push(`${say(name, { there, needed })} – ${judged(met)}`);
  if (found.threshold !== null) add("score_test", rounded(score), plain(found.threshold), found.score_met);
  if (found.functions_share !== null) add("functions_test", tenths(found.functions_share), tenths(found.functions_needed), found.functions_met);
  const quota = found.origination;
  if (quota) {
    add("origination_coverage", tenths(quota.coverage), tenths(quota.coverage_needed), quota.coverage >= quota.coverage_needed);
    said.push(`${say("origination_test", { there: tenths(quota.share), needed: tenths(quota.share_needed) })} – ${judged(quota.met)}`);
  }
  return said;
}

/** All indicators below a node. */
const leaves = (node) => (node.step === "indicator" ? [node] : node.children.flatMap(leaves));

/** Which functions are supplied at a tier: what its share is the sum of. */
function functionsOf({ parameters: { missing_functions: missing, unknown_functions: unknown } }, whole) {
  const found = leaves(whole.children.at(-1));
  const supplied = (code) => (unknown.includes(code) ? MISSING : judged(!missing.includes(code)));
  const rows = found.map(({ code, parameters }) => [
    given.indicators[code] ?? code, parameters.supplies_tier ? tierName(parameters.supplies_tier) : MISSING, plain(parameters.effective_weight), supplied(code),
  ]);
  return table(["part", "supplies", "effective_weight", "at_this_tier"].map((name) => say(name)), rows);
}

function partsOf(node) {
  const rows = node.children.map((part) => [
    given.indicators[part.code] ?? part.code, rounded(part.value), plain(part.parameters.weight),
    plain(part.parameters.effective_weight), rounded(part.parameters.contribution),
  ]);
  const adds = node.step === "score" && node.parameters.aggregate === "arithmetic";
  const all = [say("sum_of_parts"), adds ? "" : rounded(node.value), "", "", adds ? rounded(node.value) : ""];
  return table(["part", "score", "weight", "effective_weight", "contribution"].map((name) => say(name)), [...rows, all]);
}

const method = ({ parameters }) => (parameters.aggregate === "arithmetic" ? say("arithmetic_said") : say("aggregate_said", { method: parameters.aggregate }));

function knotsOf({ parameters: { knots } }) {
  const entries = given.entries.length === knots.length ? given.entries : [];
  const rows = knots.map((value, at) => [plain(value), plain(entries[at]?.score), entries[at]?.tier ? tierName(entries[at].tier) : ""]);
  return [paragraph(say("knots_said")), table(["value", "score", "entry"].map((name) => say(name)), rows)];
}

/** A line or a rank: what a way to normalise took from the regions, or declares. */
function fittedOf({ value, parameters: { fitted, treated } }) {
  if (fitted?.units) return [paragraph(say("rank_said", { units: plain(fitted.units) }))];
  if (!fitted?.width) return [];
  const numbers = Object.fromEntries(["low", "rise", "origin", "width"].map((name) => [name, plain(fitted[name])]));
  const turned = plain(fitted.direction < 0 ? -treated : treated); // where less is better the measure is turned round
  return [paragraph(say("line_said", { ...numbers, measured: turned, score: plain(value) }))];
}

const wayToScore = (node) => (node.parameters.knots ? knotsOf(node) : [paragraph(say("normalise_said", { method: node.parameters.normalise })), ...fittedOf(node)]);

// What each kind of step says of itself.
const TELLS = {
  tier: (node) => [paragraph(say(node.parameters.sort)), paragraph(say("least_coverage", { needed: tenths(node.parameters.min_coverage) }))],
  test: (node, whole) => [
    list(testsOf(node, whole.children.at(-1).value)),
    ...(node.parameters.functions_share === null ? [] : [functionsOf(node, whole)]),
    ...(node.parameters.unknown_functions.length ? [paragraph(say("unknown", { names: listed(node.parameters.unknown_functions) }))] : []),
  ],
  score: (node) => [paragraph(method(node)), partsOf(node), ...pairs([[say("coverage"), tenths(node.parameters.coverage)]])],
  node: (node) => [paragraph(method(node)), partsOf(node)],
  indicator: (node) => {
    const { weight, effective_weight, contribution, supplies_tier, flags, missing_reason, treated } = node.parameters;
    const measured = node.children[0]?.value;
    return [
      ...(contribution === null ? [] : [paragraph(say("contributes", { weight: plain(effective_weight), score: rounded(node.value), contribution: rounded(contribution) }))]),
      ...(node.value === null ? [] : wayToScore(node)),
      ...pairs([
        [say("measure"), measured === null || measured === undefined ? null : plain(measured)],
        [say("treated"), treated === null || treated === measured ? null : plain(treated)],
        [say("weight"), plain(weight)],
        [say("effective_weight"), effective_weight === null ? null : plain(effective_weight)],
        [say("supplies"), supplies_tier && tierName(supplies_tier)],
        [say("flags"), flags.map((flag) => given.phrases[flag] ?? flag).join(given.separator)],
        [say("missing"), missing_reason && (given.phrases[missing_reason] ?? missing_reason)],
      ]),
    ];
  },
  measure: (node) => {
    const [own, total] = node.children;
    const { kind, denominator, scale } = node.parameters;
    return [paragraph(say(kind, { value: plain(own?.value), total: plain(total?.value), measured: plain(node.value), denominator: given.indicators[denominator] ?? denominator, scale: plain(scale) }))];
  },
  observation: ({ parameters: found }) => pairs([
    ...["period", "vintage", "note", "revision", "recorded_at", "recorded_by"].map((name) => [say(name), found[name]]),
    [say("region"), given.regions[found.region] ?? found.region],
    [say("status"), found.status && (given.says[found.status] ?? found.status)],
  ]),
  sum: ({ parameters }) => [paragraph(say("sum_said", { regions: parameters.regions })), ...pairs([[say("period"), parameters.period]])],
  source: ({ value, parameters: { url, copy } }) => [
    element("p", /^https?:\/\/\S+$/.test(url ?? "") ? element("a", value, { href: url, rel: "noreferrer" }) : value),
    ...pairs([[say("copy"), copy]]),
  ],
};

/** What a step is called, and its value. */
const HEADS = {
  tier: (node) => `${say("tier")}${node.value ? ` – ${tierName(node.value)}` : ""}`,
  test: (node) => `${say("test", { tier: tierName(node.code) })} – ${judged(node.value)}`,
  score: (node) => `${say("score")} – ${rounded(node.value)}`,
  node: (node) => `${say("node")} ${node.code} – ${rounded(node.value)}`,
  indicator: (node) => `${say("indicator", { indicator: given.indicators[node.code] ?? node.code })} – ${rounded(node.value)}`,
  measure: (node) => `${say("measure")} – ${plain(node.value)}`,
  observation: (node) => `${say("observation")} ${given.regions[node.parameters.region] ?? node.parameters.region} – ${plain(node.value)} ${given.units[node.parameters.unit] ?? node.parameters.unit}`,
  sum: (node) => `${say("sum")} – ${plain(node.value)} ${given.units[node.parameters.unit] ?? node.parameters.unit}`,
  source: (node) => `${say("source")} ${node.code}`,
};

/** A step that folds, with its references and with the steps that it is made of; `whole` is the trace's root. */
function fold(node, whole, depth = 0) {
  const references = node.references.map((item) => [item.title, item.note].filter(Boolean).join(" – "));
  const cited = references.length ? [element("details", [element("summary", say("references")), list(references)])] : [];
  const made = element("details", [
    element("summary", HEADS[node.step](node)),
    ...TELLS[node.step](node, whole),
    ...node.children.map((part) => fold(part, whole, depth + 1)),
    ...cited,
  ], { class: `step step-${node.step}` });
  made.open = depth === 0 || UNFOLDED.includes(node.step);
  return made;
}

/** The step of a kind and a code, wherever it stands below a node; the first of its kind without a code. */
function find(node, step, code) {
  if (node.step === step && (!code || node.code === code)) return node;
  for (const part of node.children) {
    const found = find(part, step, code);
    if (found) return found;
  }
  return null;
}

async function fetched() {
  const answer = await fetch(given.address, { headers: { "Accept-Language": given.language } });
  const body = await answer.json();
  if (!answer.ok) throw new Error((body.errors ?? []).map(({ message }) => message).join(" ") || body.detail);
  return body;
}

/** The trace of the page's region; asked for once, and again only if that failed. */
function traced() {
  trace ??= fetched().catch((error) => {
    trace = null;
    throw error;
  });
  return trace;
}

// Imported, for a link in a template has no address yet.
const copy = (id) => (document.getElementById(id) ? document.importNode(document.getElementById(id).content, true) : "");

/** What a group says instead of a trace: links to the same step of each member's. */
function ofMembers(step, code) {
  const said = copy("say-group");
  for (const link of said.querySelectorAll("a[data-member]")) link.hash = `explain=${step}:${code}`;
  return said;
}

async function addStep(step, code) {
  const waiting = paragraph(say("waiting"));
  place.append(waiting);
  try {
    const { trace: whole } = await traced();
    const found = find(whole, step, code);
    waiting.replaceWith(...(found ? [fold(found, whole)] : []));
  } catch (error) {
    waiting.replaceWith(paragraph(say("failed", { problem: error.message })));
  }
}

async function explain({ show, step, code }) {
  place.replaceChildren(show ? copy(show) : "");
  dialog.showModal();
  if (!step) return;
  if (given.address) await addStep(step, code);
  else place.append(ofMembers(step, code));
}

for (const button of document.querySelectorAll("button.why")) {
  button.addEventListener("click", () => {
    opener = button;
    explain(button.dataset);
  });
}
dialog.addEventListener("close", () => opener?.focus());
dialog.addEventListener("click", (event) => {
  if (event.target === dialog) dialog.close();
});

const asked = /^#explain=(\w+):(.*)$/.exec(location.hash);
if (asked) explain({ step: asked[1], code: decodeURIComponent(asked[2]) });
