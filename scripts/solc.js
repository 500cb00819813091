// A stand-in for the native `solc`, over the WebAssembly compiler of the npm package `solc`.
//
//     node scripts/solc.js PACKAGE_FOLDER --version | --help | --standard-json [FILE] [path options]
//
// The package's own `solcjs` cannot be used: it prints text before the JSON and refuses --allow-paths. Stdout carries the answer
// and nothing else; the exit code is 0 also when the answer lists compile errors, as it is with the native compiler.
"use strict";

const fs = require("fs");
const path = require("path");
const { fileURLToPath } = require("url");

const USAGE = `solc, the Solidity commandline compiler (WebAssembly).

  --version
  --help
  --standard-json [FILE]    compile FILE, or standard input, to JSON
  --base-path PATH          root of the source tree
  --include-path, -I PATH   a further root; may be repeated
  --allow-paths PATHS       accepted and ignored
  --combined-json abi,asm,ast,bin,bin-runtime,devdoc,function-debug,hashes,metadata,opcodes,srcmap,storage-layout,userdoc
`;
const TAKES_A_VALUE = { "--base-path": "base", "--include-path": "include", "-I": "include", "--allow-paths": "allow" };
const NOT_THERE = ["ENOENT", "ENOTDIR", "EISDIR", "EACCES"];

class Usage extends Error {}

/** Arguments -> {mode, file, base, include}; throws Usage. */
function parse(args) {
  const options = { mode: null, file: null, base: null, include: [] };
  const take = (name, value) => {
    if (value === undefined) throw new Usage(`${name} needs a value`);
    if (TAKES_A_VALUE[name] === "base") options.base = value;
    if (TAKES_A_VALUE[name] === "include") options.include.push(value);
  };
  for (let i = 0; i < args.length; i++) {
    const [, name, inline] = args[i].match(/^(--[^=]+)=([^]*)$/) || [null, args[i], undefined];
    if (name in TAKES_A_VALUE) take(name, inline !== undefined ? inline : args[++i]);
    else if (["--version", "--help", "--standard-json"].includes(name) && options.mode === null) {
      options.mode = name;
      if (name === "--standard-json" && inline !== undefined) options.file = inline;
    } else if (options.mode === "--standard-json" && options.file === null && (!name.startsWith("-") || name === "-"))
      options.file = name;
    else throw new Usage(`unrecognised option '${args[i]}'`);
  }
  if (options.mode === null) throw new Usage("name one of --version, --help, --standard-json");
  return options;
}

/** The compiler in `folder`, without the process-wide handlers that its JavaScript installs. */
function load(folder) {
  const events = ["uncaughtException", "unhandledRejection"];
  const before = events.map((event) => process.listeners(event));
  const compiler = require(path.join(folder, "wrapper.js"))(require(path.join(folder, "soljson.js")));
  events.forEach((event, i) => {
    for (const listener of process.listeners(event))
      if (!before[i].includes(listener)) process.removeListener(event, listener);
  });
  return compiler;
}

/** The compiler's long version. Loading it takes half a second and py-solc-x asks before every call, so it is kept. */
function version(folder) {
  const number = JSON.parse(fs.readFileSync(path.join(folder, "package.json"), "utf8")).version;
  const kept = path.join(folder, `.version-${number}`);
  try {
    const text = fs.readFileSync(kept, "utf8");
    if (text.startsWith(number)) return text;
  } catch (unreadable) {
    if (!NOT_THERE.includes(unreadable.code)) throw unreadable;
  }
  const text = load(folder).version();
  const aside = `${kept}.${process.pid}`;
  try {
    fs.writeFileSync(aside, text);
    fs.renameSync(aside, kept);
  } catch (unwritable) {
    // An installation that belongs to somebody else is read, not changed: the next run loads the compiler again.
    fs.rmSync(aside, { force: true });
  }
  return text;
}

/** The import callback of the compiler: {contents} or {error}. */
function reader({ base, include }) {
  const roots = base === null && include.length === 0 ? ["."] : [...(base === null ? [] : [base]), ...include];
  return (name) => {
    let candidates;
    if (name.startsWith("file://")) candidates = [fileURLToPath(name)];
    else candidates = path.isAbsolute(name) ? [name] : roots.map((root) => path.join(root, name));
    for (const candidate of candidates) {
      try {
        return { contents: fs.readFileSync(candidate, "utf8") };
      } catch (unreadable) {
        if (!NOT_THERE.includes(unreadable.code)) throw unreadable;
      }
    }
    return { error: `File not found: ${name}` };
  };
}

/** Runs `step` again while a non-blocking pipe says "not now". */
function patiently(step) {
  for (;;) {
    try {
      return step();
    } catch (busy) {
      if (busy.code !== "EAGAIN") throw busy;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
    }
  }
}

function readInput(file) {
  if (file !== null && file !== "-") return fs.readFileSync(file, "utf8");
  const chunks = [];
  const buffer = Buffer.alloc(1 << 16);
  for (;;) {
    const count = patiently(() => fs.readSync(0, buffer, 0, buffer.length, null));
    if (count === 0) return Buffer.concat(chunks).toString("utf8");
    chunks.push(Buffer.from(buffer.subarray(0, count)));
  }
}

function write(text) {
  const bytes = Buffer.from(text, "utf8");
  for (let done = 0; done < bytes.length; ) done += patiently(() => fs.writeSync(1, bytes, done));
}

function main([folder, ...args]) {
  if (folder === undefined) throw new Usage("the first argument is the folder of the npm package solc");
  const options = parse(args);
  if (options.mode === "--help") write(USAGE);
  else if (options.mode === "--version")
    write(`solc, the solidity compiler commandline interface\nVersion: ${version(folder)}\n`);
  else {
    const input = readInput(options.file);
    write(load(folder).compile(input, { import: reader(options) }) + "\n");
  }
}

try {
  main(process.argv.slice(2));
} catch (problem) {
  process.stderr.write(`${problem.message}\n`);
  process.exitCode = 1;
}
