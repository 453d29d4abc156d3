// Asks this service's API, in the language of the page.

const AT = "/api/v1";

/** What came back: `{ok, status, body, tag}`; status 0 where nothing did. An aborted request throws AbortError. */
export async function ask(path, { method = "GET", body, headers = {}, signal } = {}) {
  const sent = { "Accept-Language": document.documentElement.lang, ...headers };
  if (body !== undefined) sent["Content-Type"] = "application/json";
  try {
    const answer = await fetch(AT + path, { method, headers: sent, body: body === undefined ? undefined : JSON.stringify(body), signal });
    const text = await answer.text();
    return { ok: answer.ok, status: answer.status, body: text ? JSON.parse(text) : null, tag: answer.headers.get("ETag") };
  } catch (error) {
    if (error.name === "AbortError") throw error;
    return { ok: false, status: 0, body: null, tag: null };
  }
}

/** What is wrong, in sentences of the service. */
export function sentences({ body }) {
  if (!body) return [];
  const told = (body.errors ?? []).map(({ message }) => message);
  return told.length > 0 ? told : [body.detail ?? body.title];
}
