// The bench: an edit is asked of the API as it is made, and what it moves is said at once. Nothing is computed here.

import { ask, sentences } from "./api.js";
import * as say from "./bench_said.js";
import { Field } from "./bench_field.js";
import { Saved } from "./bench_saved.js";
import { address, Way } from "./bench_state.js";
import { fill, put } from "./bench_texts.js";
import { MISSING, percent } from "./numbers.js";

const WAIT = 150; // milliseconds of quiet before what is typed is asked

const data = JSON.parse(document.getElementById("bench-data").textContent);
const names = new say.Names(data);
const { subject, query, carried } = data;
const $ = (id) => document.getElementById(id);
const way = new Way(data.bench, query);
const fields = [...document.querySelectorAll("tr[data-indicator]")].map((row) => new Field(row, names, edit));

let bench = data.bench;
let answer = null;
let count = 0;
let waiting = 0;
let asking = null;

// ---- asking

/** The what-if on the bench, as the API takes it. */
function body() {
  const regions = [...new Set([...subject.members, ...bench.edits.map(({ region }) => region)])];
  return {
    ...query,
    edits: bench.edits,
    framework_edits: bench.rules.map((rule) => rule.body),
    groups: bench.groups.map(({ group, integration }) => ({ ...named(group), integration })),
    regions,
  };
}

function named(group) {
  return data.known_groups.includes(group) ? { code: group } : { members: group.split(",") };
}

/** A field has another value; null takes its edit back. */
function edit(field, value, isDone) {
  const rest = bench.edits.filter((one) => !field.is(one));
  const own = { op: "set", region: field.region, indicator: field.indicator, value };
  change({ ...bench, edits: value === null ? rest : [...rest, own] }, isDone);
}

/** Another bench: asked after a moment of quiet, at once when the edit is done. */
function change(next, isDone) {
  bench = next;
  clearTimeout(waiting);
  waiting = setTimeout(() => update(isDone), isDone ? 0 : WAIT);
}

/** Asks and shows; an answer that a later question has overtaken is dropped. True where the answer is shown. */
async function update(isDone) {
  asking?.abort();
  asking = new AbortController();
  const mine = ++count;
  const asked = bench;
  try {
    const told = await ask("/what-if", { method: "POST", body: body(), signal: asking.signal });
    if (mine !== count) return;
    if (!told.ok) return refuse(told);
    answer = told.body;
    remember(asked, isDone);
    show();
  } catch (error) {
    if (error.name !== "AbortError") throw error;
  }
}

/** Puts what is shown into the address. */
function remember(asked, isDone) {
  const how = way.record(asked, isDone);
  if (how) history[how]({ bench: asked }, "", address(asked, carried));
}

/** Says what is wrong where it is wrong. */
function refuse(told) {
  const errors = told.body?.errors ?? [];
  for (const field of fields) field.complain("");
  const left = errors.filter(({ pointer, message }) => !complain(pointer, message)).map(({ message }) => message);
  const general = told.status === 0 ? [names.tell("unreachable")] : errors.length > 0 ? left : sentences(told);
  tell(general.join(" "));
}

function complain(pointer, message) {
  const place = /^\/edits\/(\d+)\//.exec(pointer ?? "")?.[1];
  const edit = place && bench.edits[place];
  const field = edit && fields.find((one) => one.is(edit));
  field?.complain(message);
  return Boolean(field);
}

function tell(text) {
  $("problem").textContent = text;
  $("problem").hidden = text === "";
}

// ---- showing

function changeOf() {
  if (!subject.group) return answer.changes.find(({ region }) => region.code === subject.code);
  return answer.groups[bench.groups.findIndex(({ group }) => group === subject.code)];
}

function show() {
  const own = changeOf();
  tell("");
  for (const [fact, said] of Object.entries(say.standing(own, names))) {
    put(document.querySelector(`[data-fact="${fact}"]`), said).hidden = said.after === MISSING;
  }
  $("swatch").firstElementChild.setAttribute("fill", names.tiers[own.after.tier]?.shade ?? "none");
  $("ahead").textContent = say.ahead(own, names);
  $("verdict").textContent = say.verdict(own, subject.name, names);
  document.querySelector(".verdict").classList.toggle("moved", own.tier_moved);
  showWhy(own);
  showOthers();
  showEdits();
  for (const field of fields) field.show(answer);
  if (subject.group) showGroup(own);
  showWay();
}

function showWhy(own) {
  const parts = fill($("parts"), "part", say.parts(own, names));
  $("unmoved").hidden = parts.length > 0;
  const levers = fill($("levers"), "lever", say.levers(own, names));
  $("no-levers").hidden = levers.length > 0;
  $("levers-unit").hidden = levers.length === 0;
  fill($("notes"), "note", say.notes(answer, names));
}

function showOthers() {
  const others = say.others(answer, subject.code, names);
  const [shown, rest] = [others.filter((one) => one.shown), others.filter((one) => !one.shown)];
  fill($("others").querySelector("tbody"), "other", shown);
  fill($("rest").querySelector("tbody"), "other", rest);
  $("others").hidden = shown.length === 0;
  $("rest").hidden = rest.length === 0;
  $("rest").querySelector("summary").textContent = names.tell("score_only", { count: rest.length });
  $("nobody").hidden = shown.length > 0;
  $("nobody").textContent = names.tell(others.length === 0 ? "nobody" : "no_rank");
}

function showEdits() {
  const edits = fill($("edits"), "edit", say.edits(answer, names));
  const rules = fill($("rules"), "edit", say.rules(answer, names));
  removable(edits, "edits");
  removable(rules, "rules");
  $("edited").hidden = edits.length + rules.length === 0;
}

function removable(items, list) {
  items.forEach((item, place) => {
    const link = item.querySelector(".remove");
    const next = { ...bench, [list]: bench[list].filter((_, at) => at !== place) };
    link.href = address(next, carried);
    link.addEventListener("click", (event) => {
      event.preventDefault();
      change(next, true);
    });
  });
}

function showGroup(own) {
  const { integration } = own;
  $("integration").value = integration;
  $("degree").textContent = percent(integration);
  $("ends").textContent = say.ends(own, names);
}

/** What depends on where in the way we are: buttons, and everything that leads on with the present edits. */
function showWay() {
  $("undo").disabled = way.isFirst;
  $("redo").disabled = way.isLast;
  $("reset").disabled = bench.edits.length + bench.rules.length === 0 && bench.groups.every(({ integration }) => integration === 0);
  const here = address(bench, carried);
  for (const link of document.querySelectorAll(".languages a")) link.href = address(bench, { ...carried, lang: link.lang });
  for (const link of document.querySelectorAll(".tabs a")) link.href = address({ ...bench, region: link.dataset.subject }, carried);
  for (const form of document.querySelectorAll("form[data-carries], form.question")) carry(form, here);
  saved.show();
}

/** The hidden fields of a form are those of the address; another framework or year has versions of its own. */
function carry(form, here) {
  const visible = new Set([...form.elements].filter(({ type, name }) => type !== "hidden" && name).map(({ name }) => name));
  if (form.matches(".question")) visible.add("version");
  for (const old of form.querySelectorAll("input[type=hidden]")) old.remove();
  for (const [name, value] of new URL(here, location.href).searchParams) {
    if (!visible.has(name)) form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  }
}

// ---- undo, redo, reset, back

function go(by) {
  if (by < 0 ? way.isFirst : way.isLast) return;
  arrive(way.step(by));
}

/** To another bench of the way; a page of its own if it looks at somebody else. */
function arrive(next) {
  clearTimeout(waiting);
  if (next.region !== bench.region) return location.assign(address(next, carried));
  bench = next;
  history.pushState({ bench }, "", address(bench, carried));
  update(true);
}

function isTyping({ target }) {
  return target.matches("input:not([type=range], [type=checkbox]), textarea, select");
}

document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z" || isTyping(event)) return;
  event.preventDefault();
  go(event.shiftKey ? 1 : -1);
});

addEventListener("popstate", ({ state }) => {
  if (!state?.bench) return location.reload();
  bench = state.bench;
  way.arrive(bench);
  update(true);
});

$("undo").addEventListener("click", () => go(-1));
$("redo").addEventListener("click", () => go(1));
$("reset").addEventListener("click", () => {
  const groups = bench.groups.filter(({ group }) => group === subject.code).map(({ group }) => ({ group, integration: 0 }));
  change({ ...bench, edits: [], rules: [], groups }, true);
});

// The link names framework, year and data of what is seen, so that it shows the same when newer data have come.
$("share").addEventListener("click", async () => {
  const link = new URL(address(bench, { ...carried, ...data.base }), location.href).href;
  try {
    await navigator.clipboard.writeText(link);
    $("shared").textContent = names.tell("copied");
  } catch {
    $("shared").textContent = link; // where a browser lets no page write there, it can be copied by hand
  }
});

// ---- the degree of integration

function integrate(value, isDone) {
  $("degree").textContent = percent(Number(value));
  const groups = bench.groups.map((one) => (one.group === subject.code ? { ...one, integration: Number(value) } : one));
  change({ ...bench, groups }, isDone);
}

if (subject.group) {
  $("integration").addEventListener("input", ({ target }) => integrate(target.value, false));
  $("integration").addEventListener("change", ({ target }) => integrate(target.value, true));
}

// Edits are of one framework's indicators: with another one the bench is empty. Heard before the form is sent.
document.querySelector(".question [name=framework]").addEventListener("change", ({ target }) => {
  for (const hidden of target.form.querySelectorAll("[name=edit], [name=rule], [name=scenario]")) hidden.remove();
});

addEventListener("pageshow", ({ persisted }) => persisted && location.reload());

$("fields").addEventListener("submit", (event) => event.preventDefault());

const saved = new Saved({
  data,
  names,
  body: () => body(),
  bench: () => bench,
  opened: (scenario) => {
    bench = { ...bench, scenario };
    way.arrive(bench);
    history.replaceState({ bench }, "", address(bench, carried));
    showWay();
  },
});
history.replaceState({ bench }, "");
showWay();
