// The picker of a comparison: search, count and chips. Without it the form works as it is.

const said = JSON.parse(document.getElementById("said").textContent);
const picker = document.getElementById("picker");
const search = document.getElementById("search");
const chips = document.getElementById("chips");
const boxes = [...picker.querySelectorAll("input[name=region]")];
const shelves = [...picker.querySelectorAll(".shelves fieldset")];
let shown = ""; // the question that the page answers

/** A sentence with its fields filled in. */
function fill(sentence, fields) {
  return sentence.replace(/\{(\w+)\}/g, (whole, name) => fields[name] ?? whole);
}

/** What the form would ask, fields left empty aside. */
function question() {
  return new URLSearchParams([...new FormData(picker)].filter(([, value]) => value !== "")).toString();
}

function named(box) {
  return box.parentElement.textContent.trim();
}

/** A chip for each that is picked; taking one away unticks it. */
function chip(box) {
  const made = document.getElementById("chip").content.cloneNode(true);
  const button = made.querySelector("button");
  button.firstElementChild.textContent = named(box);
  button.setAttribute("aria-label", fill(said.leave, { name: named(box) }));
  button.addEventListener("click", () => {
    box.checked = false;
    tell();
    (chips.querySelector("button") ?? search).focus();
  });
  return made;
}

/** Says what is picked now, and whether that is what is shown. */
function tell() {
  const picked = boxes.filter((box) => box.checked);
  chips.replaceChildren(...picked.map(chip));
  document.getElementById("count").textContent = fill(said.count, { count: picked.length });
  document.getElementById("show").disabled = picked.length === 0 || picked.length > said.most;
  document.getElementById("stale").hidden = picked.length === 0 || picked.length > said.most || question() === shown;
  const degree = picker.elements.integration;
  if (degree) degree.disabled = !picked.some((box) => "group" in box.dataset);
  for (const shelf of shelves) {
    shelf.querySelector(".all").textContent = members(shelf).every((box) => box.checked) ? said.none : said.all;
  }
}

function members(shelf) {
  return [...shelf.querySelectorAll("label:not([hidden]) input")];
}

/** Shows only what a search finds, by name in either language or by code. */
function find() {
  const wanted = search.value.trim().toLowerCase();
  for (const label of picker.querySelectorAll("[data-find]")) label.hidden = !label.dataset.find.includes(wanted);
  for (const shelf of shelves) shelf.hidden = members(shelf).length === 0;
  document.getElementById("none").hidden = shelves.some((shelf) => !shelf.hidden);
}

for (const shelf of shelves) {
  const all = shelf.querySelector(".all");
  all.hidden = false;
  all.addEventListener("click", () => {
    const ticked = members(shelf).every((box) => box.checked);
    for (const box of members(shelf)) box.checked = !ticked;
    tell();
  });
}
search.hidden = false;
search.addEventListener("input", find);
search.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
picker.addEventListener("change", tell);
picker.addEventListener("input", tell);
// An address has only what was asked for.
picker.addEventListener("formdata", ({ formData }) => {
  for (const [name, value] of [...formData]) if (value === "" || (name === "integration" && Number(value) === 0)) formData.delete(name);
});
tell();
shown = question();
tell();
// On a phone the answer comes first, where there is one.
if ("shown" in chips.dataset && matchMedia("(max-width: 60rem)").matches) document.getElementById("fold").open = false;
// On paper nothing can be unfolded.
addEventListener("beforeprint", () => {
  for (const folded of document.querySelectorAll("details.alone")) folded.open = true;
});
