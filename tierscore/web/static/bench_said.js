// An answer of a what-if in the words of the page: the same as tierscore/web/bench_said.py says of the first one.

import { enough, percent, plain, rounded, signed, tenths } from "./numbers.js";

const MOST_LEVERS = 5;

export class Names {
  constructor(data) {
    Object.assign(this, data);
  }

  tell(name, fields = {}) {
    return this.sentences[name].replace(/\{(\w+)\}/g, (_, field) => fields[field]);
  }

  tier(code) {
    return code === null ? this.tell("none") : this.tiers[code].title;
  }

  indicator(code) {
    return this.indicators[code];
  }

  unit(code) {
    return this.units[code] ?? code;
  }

  name(title) {
    return title[this.language];
  }
}

const pair = (before, after, note = "") => ({ before: before === after ? "" : before, after, note });
const both = (before, after) => (before === after ? after : `${before} → ${after}`);
const isSame = (one, other) => JSON.stringify(one) === JSON.stringify(other);

export function standing({ before, after, score_change, rank_change }, names) {
  return {
    tier: pair(names.tier(before.tier), names.tier(after.tier), byScore(after, names)),
    score: pair(rounded(before.score), rounded(after.score), score_change ? signed(score_change) : ""),
    rank: pair(plain(before.rank), plain(after.rank), climb(rank_change, names)),
    ...tests(before.gap, after.gap, names),
  };
}

function byScore(after, names) {
  const code = after.tier_by_score;
  return code === null || code === after.tier ? "" : names.tell("by_score", { tier: names.tier(code) });
}

function climb(change, names) {
  if (!change) return "";
  return names.tell(change < 0 ? "up" : "down", { count: Math.abs(change) });
}

function tests(before, after, names) {
  const then = before.target === after.target ? before : after;
  const note = after.functions_needed === null ? "" : names.tell("needed", { part: tenths(after.functions_needed) });
  return {
    functions: pair(tenths(then.functions_share), tenths(after.functions_share), note),
    score_gap: pair(rounded(then.score_gap), rounded(after.score_gap)),
  };
}

export function ahead({ after }, names) {
  const { target } = after.gap;
  return target === null ? names.tell("top") : names.tell("ahead", { tier: names.tier(target) });
}

export function parts({ moved_by }, names) {
  const most = [...moved_by].sort((one, other) => Math.abs(other.change) - Math.abs(one.change));
  return most.map(({ indicator, change }) => ({ name: names.indicator(indicator), change: signed(change) }));
}

export function levers({ before, after }, names) {
  const then = new Map(before.levers.map(({ code, priority }) => [code, percent(priority)]));
  return after.levers.slice(0, MOST_LEVERS).map(({ code, title, priority }) => {
    const part = percent(priority);
    const was = then.get(code);
    const note = was === undefined ? names.tell("new_lever") : was === part ? "" : `${was} →`;
    return { name: names.name(title), part, note };
  });
}

export function others({ changes }, subject, names) {
  const moved = changes
    .filter(({ region, before, after }) => region.code !== subject && !isSame(before, after))
    .map((change) => other(change, names));
  return [...moved.filter(({ shown }) => shown), ...moved.filter(({ shown }) => !shown)];
}

function other({ region, before, after, tier_moved, rank_change, score_change }, names) {
  return {
    name: names.name(region.name),
    tier: both(names.tier(before.tier), names.tier(after.tier)),
    rank: both(plain(before.rank), plain(after.rank)),
    change: signed(score_change),
    shown: tier_moved || rank_change !== 0,
  };
}

/** What the next tier asks of one indicator: a text, the number that suffices, whether it is lacking. */
export function required(change, indicator, isKnown, names) {
  const gap = change?.after.gap;
  if (!gap || gap.target === null) return { text: "", value: null, state: "" };
  const lacking = gap.deficits.find((item) => item.indicator === indicator);
  if (!lacking) return { text: names.tell(isKnown ? "met" : "missing"), value: null, state: isKnown ? "met" : "" };
  if (lacking.required === null) return { text: names.phrases[lacking.reason], value: null, state: "lacking" };
  const value = enough(lacking.required, lacking.required > lacking.value);
  return { text: names.tell("required", { value: plain(value) }), value, state: "lacking" };
}

export function edits(answer, names) {
  return answer.edits.map(({ region, indicator, old, new: now, unit, effect }) => ({
    name: `${names.regions[region]} · ${names.indicator(indicator)}`,
    change: names.tell("becomes", { old: plain(old), new: plain(now), unit: names.unit(unit) }),
    note: effect ? "" : names.tell("idle"),
  }));
}

export function rules(answer, names) {
  return answer.framework_edits.map(({ op, indicator, tier, old, new: now, effect }) => ({
    name: [names.kinds[op], tier === null ? indicator && names.indicator(indicator) : names.tier(tier)].filter(Boolean).join(" · "),
    change: both(value(old), value(now)),
    note: effect ? "" : names.tell("idle"),
  }));
}

const value = (some) => (Array.isArray(some) ? some.map(plain).join("; ") : plain(some));

export function notes(answer, names) {
  return answer.notes.map(({ indicator, text }) => ({ text: names.tell("note", { indicator: names.indicator(indicator), text: names.name(text) }) }));
}

export function ends({ side_by_side, added_up }, names) {
  const tier = ({ before, after }) => both(names.tier(before.tier), names.tier(after.tier));
  return names.tell("ends", { alone: tier(side_by_side), together: tier(added_up) });
}

export function verdict({ after }, name, names) {
  return names.tell("verdict", { region: name, tier: names.tier(after.tier), score: rounded(after.score), rank: plain(after.rank) });
}
