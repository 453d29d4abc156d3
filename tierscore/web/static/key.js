// The API key that writing needs: typed by a person, kept for this tab only, sent as a header and never as a cookie.

const NAME = "tierscore.key";
let here = ""; // where a browser keeps nothing

/** The key, or an empty text. */
export function key() {
  try {
    return sessionStorage.getItem(NAME) ?? here;
  } catch {
    return here;
  }
}

/** Keeps a key; an empty text forgets it. */
export function setKey(text) {
  here = text.trim();
  try {
    if (here) sessionStorage.setItem(NAME, here);
    else sessionStorage.removeItem(NAME);
  } catch {
    // Kept in `here` alone.
  }
}

/** The headers of a request to the API: the page's language, and the key if there is one. */
export function headers() {
  const found = { "Accept-Language": document.documentElement.lang };
  // A header takes visible ASCII only; what else was typed makes a wrong key, and the answer says so.
  if (key()) found.Authorization = `Bearer ${key().replace(/[^\x21-\x7e]/g, "?")}`;
  return found;
}

for (const field of document.querySelectorAll("[data-key]")) {
  const input = field.querySelector("input");
  const forget = field.querySelector("button");
  input.value = key();
  forget.disabled = input.value === "";
  input.addEventListener("input", () => {
    setKey(input.value);
    forget.disabled = input.value === "";
  });
  forget.addEventListener("click", () => {
    setKey("");
    input.value = "";
    forget.disabled = true;
    input.focus();
  });
}
