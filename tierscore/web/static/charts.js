// Draws charts where they come into view: <div data-chart="address of a spec">. vega.js must have been loaded before.

const OPTIONS = {
  ast: true, // expressions are interpreted, not compiled: the policy of these pages allows no eval
  renderer: "svg",
  actions: false,
  defaultStyle: false,
  tooltip: { disableDefaultStyle: true },
};

// Nothing that a spec names is loaded: its data are in it.
const loader = { load: () => Promise.reject(new Error("nothing is loaded")), sanitize: () => Promise.reject(new Error("nothing is loaded")) };

/** Draws the spec at an address into a place; gives the view, or null where it could not be drawn. */
export async function draw(place, address) {
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (!answer.ok) {
    place.textContent = `${answer.status}`;
    return null;
  }
  return embed(place, await answer.json());
}

/** Draws a spec into a place. */
export async function embed(place, spec) {
  place.replaceChildren();
  return (await globalThis.vegaEmbed(place, spec, { ...OPTIONS, loader })).view;
}

/** Draws every chart that is not yet drawn below a node once it comes into view. */
export function watch(root = document) {
  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries.filter(({ isIntersecting }) => isIntersecting)) {
      seen.unobserve(entry.target);
      draw(entry.target, entry.target.dataset.chart);
    }
  }, { rootMargin: "200px" });
  for (const place of root.querySelectorAll("[data-chart]")) seen.observe(place);
}

watch();
