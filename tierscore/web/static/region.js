// The region's page: what a link leads to is unfolded, and a slider says where it stands while it is moved.

function unfold() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const folded = target?.querySelector("details:not([open])");
  if (target?.matches("li") && folded) folded.open = true;
}

addEventListener("hashchange", unfold);
unfold();

// On paper nothing can be unfolded.
let folded = [];
addEventListener("beforeprint", () => {
  folded = [...document.querySelectorAll("main details:not([open])")];
  for (const details of folded) details.open = true;
});
addEventListener("afterprint", () => {
  for (const details of folded) details.open = false;
});

for (const output of document.querySelectorAll("output[data-shows]")) {
  const slider = document.getElementById(output.dataset.shows);
  const before = slider.value;
  slider.addEventListener("input", () => {
    output.textContent = `${Math.round(100 * slider.valueAsNumber)}%`;
  });
  // Let go of with a pointer it is asked for at once; who moves it by keys goes on until the button is pressed.
  slider.addEventListener("pointerup", () => {
    if (slider.value !== before) slider.form.requestSubmit();
  });
}
