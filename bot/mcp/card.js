"use strict";

// The program around this page speaks JSON-RPC with it, as the MCP Apps specification of 2026-01-26 says.
const quotes = document.getElementById("quotes");
const host = window.parent;
let last = 0;

function send(message) {
  host.postMessage({ jsonrpc: "2.0", ...message }, "*");
}

function request(method, params) {
  last += 1;
  send({ id: last, method, params });
  return last;
}

function element(name, ...children) {
  const made = document.createElement(name);
  made.append(...children); // strings become text, whatever they say
  return made;
}

// Places count code points, as Python does; JavaScript's own count UTF-16 units.
function slice(text, start, end) {
  return Array.from(text).slice(start, end).join("");
}

// The passage around a quote, in which the quoted words are marked; the quote alone where no passage has it.
function marked(citation, passages) {
  const around = passages.find(
    (each) =>
      each.article_id === citation.article_id &&
      each.start <= citation.start &&
      citation.end <= each.end &&
      slice(each.text, citation.start - each.start, citation.end - each.start) === citation.quote,
  );
  if (!around) {
    return element("blockquote", element("mark", citation.quote));
  }
  const before = slice(around.text, 0, citation.start - around.start);
  const after = slice(around.text, citation.end - around.start);
  return element("blockquote", before, element("mark", citation.quote), after);
}

function opener(title, url) {
  const button = element("button", title);
  button.type = "button";
  button.addEventListener("click", () => request("ui/open-link", { url }));
  return button;
}

function source(citation) {
  const title = /^https?:\/\//i.test(citation.url ?? "") ? opener(citation.title, citation.url) : citation.title;
  const day = citation.published?.slice(0, 10);
  const facts = [citation.author, citation.outlet, day].filter(Boolean).join(", ");
  return element("figcaption", `[${citation.mark}] `, title, facts && `. ${facts}`);
}

function show(result) {
  const found = result?.structuredContent ?? {};
  const passages = found.passages ?? [];
  const figures = (found.citations ?? []).map((each) => element("figure", marked(each, passages), source(each)));
  quotes.replaceChildren(...(figures.length ? figures : [element("p", "Nothing is quoted.")]));
}

function dress(context) {
  for (const [name, value] of Object.entries(context?.styles?.variables ?? {})) {
    if (name.startsWith("--") && value) {
      document.documentElement.style.setProperty(name, value);
    }
  }
  if (context?.theme) {
    document.documentElement.style.colorScheme = context.theme;
  }
}

window.addEventListener("message", ({ source: from, data }) => {
  if (from !== host || data?.jsonrpc !== "2.0") {
    return;
  }
  if (data.id === hello && data.result) {
    dress(data.result.hostContext);
    send({ method: "ui/notifications/initialized", params: {} });
  } else if (data.method === "ui/notifications/tool-result") {
    show(data.params);
  } else if (data.method === "ui/notifications/host-context-changed") {
    dress(data.params);
  } else if (data.method && data.id !== undefined) {
    send({ id: data.id, result: {} }); // the end of the page, and whether it is there
  }
});

new ResizeObserver(() => {
  const { scrollWidth: width, scrollHeight: height } = document.documentElement;
  send({ method: "ui/notifications/size-changed", params: { width, height } });
}).observe(document.documentElement);

const hello = request("ui/initialize", {
  protocolVersion: "2026-01-26",
  appInfo: { name: "byline-quotes", version: "1" },
  appCapabilities: { availableDisplayModes: ["inline"] },
});
