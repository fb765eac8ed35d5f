/**
 * Bundles the client into one file: packages/client/dist/upki-client.js, or the path given.
 *
 * Starting must be fast, and most of what the client can do is not needed in one
 * run. So esbuild splits the program where it says `import()`; what the start
 * needs becomes functions, everything else text that V8 only skims and that is
 * compiled when asked for. The file uses neither `import` nor `require`, so it
 * runs under any name and beside any package.json.
 */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { build, transform } from 'esbuild'
import { root } from './setup.mjs'

const client = join(root, 'packages', 'client')
const outfile = process.argv[2] ?? join(client, 'dist', 'upki-client.js')
const entry = 'main.js'
const common = { platform: 'node', target: 'node20', minify: true }

/** @returns the chunks by file name, and the names of those that the start needs */
async function split() {
  const { outputFiles, metafile } = await build({
    ...common,
    entryPoints: [join(client, 'src', 'main.ts')],
    outdir: 'out',
    bundle: true,
    splitting: true,
    write: false,
    metafile: true,
    format: 'esm',
    conditions: ['upki-source'],
    logLevel: 'warning',
    define: { 'import.meta.url': '__url' },
  })
  const chunks = new Map(outputFiles.map(({ path, text }) => [basename(path), text]))
  return { chunks, atStart: reachable(metafile, `out/${entry}`) }
}

function reachable({ outputs }, file, found = new Set()) {
  if (found.has(basename(file))) return found
  found.add(basename(file))
  for (const { path, kind, external } of outputs[file].imports)
    if (kind === 'import-statement' && !external) reachable({ outputs }, path, found)
  return found
}

async function renderModule(name, text, isAtStart) {
  const { code } = await transform(text, {
    ...common,
    format: 'cjs',
    // As require, which the loader below answers.
    supported: { 'dynamic-import': false },
  })
  const body = isAtStart ? `(require,module,exports,__url)=>{${code}\n}` : JSON.stringify(code)
  return `${JSON.stringify(`./${name}`)}:${body}`
}

const loader = `
const builtin=process.getBuiltinModule;
const url=builtin("node:url").pathToFileURL(builtin("node:fs").realpathSync(process.argv[1])).href;
const loaded={};
const load=(name)=>{
  if(!(name in modules))return builtin(name);
  if(loaded[name])return loaded[name].exports;
  const module=loaded[name]={exports:{}};
  const body=modules[name];
  const run=typeof body==="string"?builtin("node:vm").compileFunction(body,["require","module","exports","__url"],{filename:"upki-client/"+name.slice(2)}):body;
  run(load,module,module.exports,url);
  return module.exports;
};
load("./${entry}");
`

const { chunks, atStart } = await split()
const modules = await Promise.all(
  [...chunks].map(([name, text]) => renderModule(name, text, atStart.has(name))),
)
mkdirSync(dirname(outfile), { recursive: true })
writeFileSync(
  outfile,
  `#!/usr/bin/env node\n"use strict";\nconst modules={\n${modules.join(',\n')}\n};${loader}`,
)
chmodSync(outfile, 0o755)
// The worker thread of large checks: a file of its own beside the program, which does without it where it is missing.
await build({
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  conditions: ['upki-source'],
  banner: {
    js: `import { createRequire as __createRequire } from 'node:module'
const require = __createRequire(import.meta.url)`,
  },
  logLevel: 'warning',
  entryPoints: [join(root, 'packages', 'shared', 'src', 'parallel', 'judge-worker.ts')],
  outfile: join(dirname(outfile), 'judge-worker.js'),
})
