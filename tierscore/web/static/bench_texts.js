// Texts into the places that are marked for them: data-said names what belongs there.

/** Fills the marked places of a node. */
export function put(node, said) {
  for (const place of node.querySelectorAll("[data-said]")) {
    if (place.dataset.said in said) place.textContent = said[place.dataset.said];
  }
  if (node.dataset?.said in said) node.textContent = said[node.dataset.said];
  return node;
}

/** Items of a list, each a copy of the template. */
export function fill(list, template, items) {
  list.replaceChildren(...items.map((said) => put(document.getElementById(template).content.firstElementChild.cloneNode(true), said)));
  return [...list.children];
}
