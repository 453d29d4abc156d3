// Sends a file: first checked, its mistakes listed line by line, then stored. The API decides; this only tells.

import { headers } from "./key.js";

const said = JSON.parse(document.getElementById("said").textContent);
const SHOWN = 100; // mistakes in the table
const TOLD = 1000; // mistakes that the API lists at most; of more it tells the lines
const form = document.getElementById("send");
const input = document.getElementById("file");
const drop = document.getElementById("drop");
const check = document.getElementById("check");
const store = document.getElementById("store");
const outcome = document.getElementById("outcome");
const report = document.getElementById("report");
let chosen = null; // the file as it was read once, so that what is stored is what was checked
let mark = ""; // of one file and one choice: sent twice, it is stored once

/** A sentence with its fields filled in. */
function fill(sentence, fields) {
  return sentence.replace(/\{(\w+)\}/g, (whole, name) => fields[name] ?? whole);
}

/** A random UUID, also where a page is not served over TLS and crypto.randomUUID is missing. */
function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const digits = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** Reads a file that was chosen, and checks it. */
async function take(file) {
  if (!file) return;
  forget();
  try {
    chosen = new File([await file.arrayBuffer()], file.name, { type: file.type });
  } catch {
    tell("bad", [said.unreadable]);
    return;
  }
  mark = uuid();
  await send(true);
}

/** Nothing is checked any more. */
function forget() {
  chosen = null;
  check.disabled = store.disabled = true;
  outcome.replaceChildren();
  report.replaceChildren();
}

/** Sends the file: to be checked only, or to be stored. */
async function send(dry) {
  if (!chosen) return;
  busy(true);
  tell("", [dry ? said.checking : said.storing]);
  report.replaceChildren();
  const [answer, told] = await exchange(dry);
  busy(false);
  if (answer) show(dry, answer, told);
  else tell("bad", [said.silence]);
  // What may go well the next time may be sent again as it is.
  if (!dry && (!answer || answer.headers.has("Retry-After"))) store.disabled = false;
}

/** The answer and what it says; nothing where none came. */
async function exchange(dry) {
  try {
    const answer = await fetch(form.dataset.address, { method: "POST", headers: asks(dry), body: body(dry) });
    return [answer, await answer.json()];
  } catch {
    return [];
  }
}

function asks(dry) {
  return dry ? headers() : { ...headers(), "Idempotency-Key": mark };
}

function body(dry) {
  const sent = new FormData();
  sent.append("file", chosen);
  sent.append("mode", new FormData(form).get("mode"));
  sent.append("dry_run", String(dry));
  return sent;
}

function busy(now) {
  form.setAttribute("aria-busy", String(now));
  check.disabled = now || !chosen;
  if (now) store.disabled = true;
}

function show(dry, answer, told) {
  if (!answer.ok) refuse(answer.headers.get("Retry-After"), told);
  else if (dry) checked(told);
  else stored(answer, told);
}

function checked(told) {
  const advice = advise(told);
  store.disabled = advice !== "ready";
  tell(told.rows.length > 0 ? "bad" : "good", [fill(said.checked, told), said[advice]]);
  list(told.rows, told.rows.length);
}

/** What to do after a check: store it, mend it, choose otherwise, or nothing. */
function advise({ accepted, rows }) {
  if (accepted === 0) return rows.length > 0 ? "mend" : "nothing";
  const atomic = new FormData(form).get("mode") === "atomic";
  return rows.length > 0 && atomic ? "blocked" : "ready";
}

function stored(answer, told) {
  const place = tell("good", [fill(answer.status === 201 ? said.stored : said.unchanged, told)]);
  if (answer.status === 201) {
    place.append(document.getElementById("stored").content.cloneNode(true));
    lead(place.querySelector("a"), told.revision);
  }
  list(told.rows, told.rows.length);
  chosen = null;
  input.value = "";
}

/** Leads a link to what a revision changed. */
function lead(link, revision) {
  const address = new URL(link.href);
  address.searchParams.set("from", Math.max(1, revision - 1));
  address.searchParams.set("to", revision);
  link.href = address;
}

/** A problem, in its own sentences. */
function refuse(again, problem) {
  const errors = problem.errors ?? [];
  const sentences = [problem.title, problem.detail, ...errors.filter(({ row }) => row === undefined).map(worded)];
  if (again) sentences.push(fill(said.again, { seconds: again }));
  tell("bad", [...new Set(sentences)]);
  const lines = errors.filter(({ row }) => row !== undefined);
  list(lines, lines.length === errors.length ? problem.errors_total : lines.length);
}

function worded({ message, allowed }) {
  return allowed ? `${message} ${fill(said.allowed, { words: allowed.join(", ") })}` : message;
}

/** Says how it went; gives the place where more may be said. */
function tell(kind, sentences) {
  const place = document.createElement("div");
  place.className = `notice ${kind}`;
  for (const sentence of sentences.filter(Boolean)) {
    place.append(Object.assign(document.createElement("p"), { textContent: sentence }));
  }
  outcome.replaceChildren(place);
  return place;
}

/** The mistakes as a table, line by line. */
function list(rows, total) {
  report.replaceChildren();
  if (rows.length === 0) return;
  const made = document.getElementById("mistakes").content.cloneNode(true);
  const sentence = total === TOLD ? said.many : said.mistakes;
  made.querySelector("caption").textContent = fill(sentence, { total, shown: Math.min(rows.length, SHOWN) });
  made.querySelector("tbody").append(...rows.slice(0, SHOWN).map(line));
  report.append(made);
}

function line({ row, field, value, message, allowed }) {
  const made = document.getElementById("line").content.cloneNode(true);
  const texts = [row, field, value, message, allowed?.join(", ")];
  for (const [place, cell] of [...made.querySelectorAll("td")].entries()) cell.textContent = texts[place] ?? "–";
  return made;
}

input.addEventListener("change", () => take(input.files[0]));
for (const kind of ["dragenter", "dragover"]) {
  drop.addEventListener(kind, (event) => {
    event.preventDefault();
    drop.classList.add("over");
  });
}
drop.addEventListener("dragleave", () => drop.classList.remove("over"));
drop.addEventListener("drop", (event) => {
  event.preventDefault();
  drop.classList.remove("over");
  input.files = event.dataTransfer.files;
  take(input.files[0]);
});
form.addEventListener("change", ({ target }) => {
  if (target.name !== "mode" || !chosen) return;
  mark = uuid();
  send(true);
});
form.addEventListener("submit", (event) => event.preventDefault());
check.addEventListener("click", () => send(true));
store.addEventListener("click", () => send(false));
form.hidden = false;
