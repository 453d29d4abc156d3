// What all pages do: a changed choice is shown at once.

for (const form of document.querySelectorAll("form[data-submits]")) {
  form.addEventListener("change", () => form.requestSubmit());
}

// Who signs out leaves no key behind, either.
document.querySelector("form.sign-out")?.addEventListener("submit", () => sessionStorage.removeItem("tierscore.key"));
