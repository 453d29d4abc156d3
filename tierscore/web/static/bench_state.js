// What is on the bench, as it stands in the address, and the way back.

const STORED = "tierscore.bench";
const MOST = 200;

const isEqual = (one, other) => content(one) === content(other);
/** Who is looked at and which scenario it began with are no part of what was edited. */
const content = ({ edits, rules, groups }) =>
  JSON.stringify([edits.map(editText), rules.map(({ text }) => text), groups.filter(({ integration }) => integration > 0).map(groupText)]);

/** An address of the bench; the server reads the same (bench_address.py). */
export function address(bench, carried) {
  const parts = [
    ...Object.entries(carried),
    ["region", bench.region],
    ...bench.edits.map((edit) => ["edit", editText(edit)]),
    ...bench.rules.map(({ text }) => ["rule", text]),
    ...bench.groups.map((one) => ["group", groupText(one)]),
    ...(bench.scenario ? [["scenario", bench.scenario]] : []),
  ];
  const said = parts.map(([name, value]) => `${name}=${encodeURIComponent(value).replace(/%3A/g, ":").replace(/%2C/g, ",")}`);
  return `${location.pathname}?${said.join("&")}`;
}

function editText({ op, region, indicator, value }) {
  return [region, indicator, ...(op === "set" ? [] : [op]), value].join(":");
}

function groupText({ group, integration }) {
  return `${group}:${integration}`;
}

/** The benches of this window, one after the other, and which of them is shown. It outlives a change of page. */
export class Way {
  constructor(bench, query) {
    this.about = JSON.stringify(query);
    const { about, benches, at } = JSON.parse(sessionStorage.getItem(STORED) ?? "{}");
    [this.benches, this.at] = about === this.about ? [benches, at] : [[], -1];
    this.isOpen = false; // whether the last step is an edit that is still being made
    this.arrive(bench);
  }

  /** Where an address led: back to one of those before, or on. */
  arrive(bench) {
    this.isOpen = false;
    const found = this.nearest(bench);
    if (found >= 0) {
      this.at = found;
      this.benches[found] = bench;
      this.keep();
    } else this.add(bench);
  }

  nearest(bench) {
    const places = this.benches.map((one, place) => (isEqual(one, bench) ? place : -1)).filter((place) => place >= 0);
    return places.sort((one, other) => Math.abs(one - this.at) - Math.abs(other - this.at))[0] ?? -1;
  }

  /**
   * A bench is shown: which of history's methods puts it into the address, null where it is there already. An edit takes
   * one step of the way however long it is dragged, and none when it is dragged back to where it began.
   */
  record(bench, isDone) {
    if (this.has(bench)) {
      this.isOpen &&= !isDone;
      return null;
    }
    const how = this.isOpen ? "replaceState" : "pushState";
    if (this.isOpen) this.at -= 1;
    if (this.has(bench)) this.isOpen = false;
    else {
      this.add(bench);
      this.isOpen = !isDone;
    }
    return how;
  }

  add(bench) {
    this.benches = [...this.benches.slice(0, this.at + 1), bench].slice(-MOST);
    this.at = this.benches.length - 1;
    this.keep();
  }

  get isFirst() {
    return this.at <= 0;
  }

  get isLast() {
    return this.at >= this.benches.length - 1;
  }

  step(by) {
    this.isOpen = false;
    this.at += by;
    this.keep();
    return this.benches[this.at];
  }

  has(bench) {
    return this.at >= 0 && isEqual(this.benches[this.at], bench);
  }

  keep() {
    sessionStorage.setItem(STORED, JSON.stringify({ about: this.about, benches: this.benches, at: this.at }));
  }
}
