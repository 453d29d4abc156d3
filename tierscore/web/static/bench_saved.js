// Saved scenarios: kept, opened, overwritten by who has seen the newest, compared, downloaded, brought to newer data.

import { ask, sentences } from "./api.js";
import { headers, key, setKey } from "./key.js";
import { plain, rounded } from "./numbers.js";

const $ = (id) => document.getElementById(id);
const STALE = 412;

export class Saved {
  /** `body()` is the what-if on the bench, `bench()` the bench; `opened(scenario)` is told which scenario that is now. */
  constructor(around) {
    Object.assign(this, around);
    this.items = [];
    this.form = $("save");
    this.form.elements.key.value = key() ?? "";
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.create();
    });
    this.form.elements.key.addEventListener("change", ({ target }) => setKey(target.value.trim()));
    $("overwrite").addEventListener("click", () => this.form.reportValidity() && this.overwrite());
    $("theirs").addEventListener("click", () => location.assign(this.way(this.id)));
    $("mine").addEventListener("click", () => this.create());
    $("compare").addEventListener("click", () => this.compare());
    this.list();
  }

  /** The id of the scenario on the bench, null if there is none. */
  get id() {
    return this.bench().scenario?.split(".")[0] ?? null;
  }

  way(id) {
    return `${location.pathname}/scenarios/${encodeURIComponent(id)}?lang=${this.names.language}`;
  }

  content() {
    const { title, author } = this.form.elements;
    const named = author.value.trim() ? { author: author.value.trim() } : {};
    return { ...this.body(), ...this.data.base, title: title.value.trim(), ...named };
  }

  async create() {
    setKey(this.form.elements.key.value.trim());
    $("save-new").disabled = $("mine").disabled = true; // pressed twice, saved once
    const told = await ask("/scenarios", { method: "POST", body: this.content(), headers: headers() });
    $("save-new").disabled = $("mine").disabled = false;
    this.kept(told);
  }

  async overwrite() {
    setKey(this.form.elements.key.value.trim());
    const seen = { ...headers(), "If-Match": `"${this.bench().scenario}"` };
    this.kept(await ask(`/scenarios/${this.id}`, { method: "PUT", body: this.content(), headers: seen }));
  }

  kept(told) {
    if (told.status === STALE) return this.clash(this.form.elements.title.value);
    $("conflict").hidden = true;
    if (!told.ok) return this.refuse(told);
    this.opened(told.tag.replaceAll('"', ""));
    this.tell("saved", { title: told.body.title });
    this.list();
  }

  /** Somebody was faster: what there is, is told, and nothing is lost. */
  clash(title) {
    $("conflict").querySelector("p").textContent = this.names.tell("clash", { title });
    $("conflict").hidden = false;
    $("saving").textContent = "";
  }

  tell(name, fields) {
    $("saving").textContent = this.names.tell(name, fields);
  }

  refuse(told) {
    $("saving").textContent = told.status === 0 ? this.names.tell("unreachable") : sentences(told).join(" ");
  }

  // ---- the list

  async list() {
    const told = await ask("/scenarios?page_size=200");
    if (!told.ok) return;
    this.items = told.body.items;
    $("scenarios").tBodies[0].replaceChildren(...this.items.map((item) => this.row(item)));
    $("scenarios").hidden = this.items.length === 0;
    $("compare").hidden = this.items.length < 2;
    this.chosen();
    this.show();
  }

  /** Says which scenario is on the bench. */
  show() {
    const item = this.items.find(({ id }) => id === this.id);
    $("overwrite").hidden = !item;
    $("opened").hidden = !item;
    if (!item || this.named === item.id) return;
    this.named = item.id;
    $("opened").textContent = this.names.tell("opened", { title: item.title });
    this.form.elements.title.value ||= item.title;
    this.form.elements.author.value ||= item.author;
  }

  row(item) {
    const row = $("scenario").content.firstElementChild.cloneNode(true);
    const put = (name, text) => (row.querySelector(name).textContent = text);
    row.dataset.scenario = item.id;
    put(".open", item.title);
    put(".author", item.author);
    put(".year", item.period);
    put(".data", this.names.tell("revision", { revision: item.revision }));
    put(".changed", new Date(item.changed_at).toLocaleString(document.documentElement.lang));
    row.querySelector(".open").href = this.way(item.id);
    for (const link of row.querySelectorAll("[data-format]")) {
      link.href = `/api/v1/reports/scenarios/${item.id}?format=${link.dataset.format}&lang=${link.dataset.lang}`;
    }
    row.querySelector("input").addEventListener("change", () => this.chosen());
    row.querySelector(".rebase").hidden = item.revision >= this.data.revision;
    row.querySelector(".rebase").addEventListener("click", () => this.rebase(item));
    row.querySelector(".delete").addEventListener("click", ({ target }) => this.delete(item, target));
    return row;
  }

  /** The tag of a scenario as it stands in the list; null where it is another one by now. */
  async seen(item) {
    const told = await ask(`/scenarios/${item.id}`);
    return told.ok && told.body.changed_at === item.changed_at ? told.tag : null;
  }

  /** Does something to a scenario as it was seen; a change by somebody else meanwhile is told. */
  async act(item, way, path, method) {
    setKey(this.form.elements.key.value.trim());
    const tag = await this.seen(item);
    const told = tag === null ? { status: STALE } : await ask(path, { method, headers: { ...headers(), "If-Match": tag } });
    if (told.status === STALE) this.tell("changed", { title: item.title });
    else if (!told.ok) return this.refuse(told);
    else this.tell(way, { title: item.title, count: told.body?.moved?.length });
    return this.list();
  }

  rebase(item) {
    return this.act(item, "rebased", `/scenarios/${item.id}/rebase`, "POST");
  }

  /** The first press asks, the second does. */
  delete(item, button) {
    if (button.dataset.sure) return this.act(item, "deleted", `/scenarios/${item.id}`, "DELETE");
    button.dataset.sure = "yes";
    button.textContent = this.names.tell("sure");
  }

  // ---- side by side

  get ticked() {
    return [...$("scenarios").querySelectorAll("input:checked")].map((box) => box.closest("tr").dataset.scenario);
  }

  chosen() {
    $("compare").disabled = this.ticked.length < 2;
  }

  async compare() {
    const told = await ask(`/scenarios/compare?${this.ticked.map((id) => `id=${encodeURIComponent(id)}`).join("&")}`);
    if (!told.ok) return this.refuse(told);
    const table = $("comparison").content.firstElementChild.cloneNode(true);
    for (const { title, revision } of told.body.scenarios) {
      head(table.tHead.rows[0], "col", `${title} (${this.names.tell("revision", { revision })})`);
    }
    for (const { region, outcomes } of told.body.regions) {
      const row = table.tBodies[0].insertRow();
      head(row, "row", this.names.regions[region] ?? region);
      for (const { before, after } of outcomes) row.insertCell().append(...this.outcome(before, after));
    }
    $("compared").replaceChildren(table);
    $("compared").hidden = false;
    return $("compared").scrollIntoView({ block: "nearest" });
  }

  /** Tier, score and rank under a scenario, each with what it was where it moved. */
  outcome(before, after) {
    if (after === null) return ["–"];
    const tier = ({ tier: code }) => this.names.tiers[code]?.title ?? code ?? this.names.tell("none");
    const both = (say) => (say(before) === say(after) ? say(after) : `${say(before)} → ${say(after)}`);
    const lines = [both(tier), this.names.tell("score", { score: both(({ score }) => rounded(score)) }), this.names.tell("rank", { rank: both(({ rank }) => plain(rank)) })];
    return lines.map((line) => Object.assign(document.createElement("div"), { textContent: line }));
  }
}

function head(row, scope, text) {
  row.append(Object.assign(document.createElement("th"), { scope, textContent: text }));
}
