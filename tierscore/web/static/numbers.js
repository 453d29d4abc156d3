// Numbers as a person reads them: the same texts as tierscore/reports/numbers.py writes; a test compares them.

export const MISSING = "–";

/** A number with a fixed count of decimals. An exact half goes to the even digit, as in Python; toFixed sends it up. */
function fixed(value, decimals) {
  const size = Math.abs(value);
  const whole = size.toFixed(decimals);
  const exact = size.toFixed(decimals + 30);
  const cut = exact.slice(0, exact.length - 30 - (decimals === 0 ? 1 : 0));
  const isHalf = /^50*$/.test(exact.slice(-30));
  const text = isHalf && Number(cut.at(-1)) % 2 === 0 ? cut : whole;
  return (value < 0 || Object.is(value, -0) ? "-" : "") + text;
}

/** Commas between thousands. */
function grouped(text) {
  const [whole, ...parts] = text.split(".");
  return [whole.replace(/\B(?=(\d{3})+$)/g, ","), ...parts].join(".");
}

export function rounded(value, decimals = 2) {
  return value === null ? MISSING : grouped(fixed(value, decimals));
}

export function percent(share) {
  return share === null ? MISSING : `${fixed(100 * share, 0)}%`;
}

export function tenths(share) {
  return share === null ? MISSING : `${fixed(100 * share, 1)}%`;
}

export function signed(change) {
  if (change === null) return MISSING;
  const text = fixed(change, 2);
  return text.startsWith("-") ? text : `+${text}`;
}

export function plain(value) {
  if (value === null) return MISSING;
  if (Number.isInteger(value)) return grouped(fixed(value, 0));
  return grouped(fixed(value, Math.abs(value) >= 100 ? 2 : 4).replace(/0+$/, "").replace(/\.$/, ""));
}

/** A required value with the decimals of `plain`, and never short of it. */
export function enough(required, upward) {
  const factor = 10 ** (Math.abs(required) >= 100 ? 2 : 4);
  const scaled = Number(fixed(required * factor, 6));
  return (upward ? Math.ceil(scaled) : Math.floor(scaled)) / factor;
}
