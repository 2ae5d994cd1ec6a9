"use strict";

// Runs the JavaScript of an assertion, in a process that is there for it. Reads from stdin, as JSON, what to run and on
// what: {file or source, function, output, context}; writes to stdout, as JSON, what the function returned.

const { readFileSync, writeSync } = require("node:fs");
const { pathToFileURL } = require("node:url");

const say = (value) => writeSync(1, value);
console.log = console.info = console.error; // what the code prints is not its result

async function functionOf({ file, source, function: name }) {
  if (!file) return new Function("output", "context", "process", source);
  const found = await import(pathToFileURL(file));
  const chosen = found[name] ?? found.default?.[name];
  if (typeof chosen !== "function") throw new Error(`it exports no function ${name}`);
  return chosen;
}

async function main() {
  const asked = JSON.parse(readFileSync(0, "utf8"));
  const run = await functionOf(asked);
  const said = JSON.stringify(await run(asked.output, asked.context, process));
  if (said === undefined) throw new Error("it returned nothing");
  say(said);
}

main().catch((error) => {
  process.stderr.write(`\n${error?.name ?? "Error"}: ${String(error?.message ?? error).split("\n")[0]}\n`);
  process.exitCode = 1;
});
