/**
 * Bundles the client into one file: packages/client/dist/upki-client.js, or the path given.
 *
 * Starting must be fast, and most of what the client can do is not needed in one
 * run. So esbuild splits the program where it says `import()`; what the start
 * needs becomes functions, everything else, compressed, comments at the end of the
 * file, which V8 passes over and the loader reads again when asked for one. (As
 * strings they cost a start half as much as node itself: V8 scans and keeps them.
 * esbuild's own splitting starts as fast, but into fifty files.) The file uses
 * neither `import` nor `require`, so it runs under any name and beside any
 * package.json. V8's compile cache is not used: node keeps it in a folder under
 * the world's temporary directory, and this program runs as root.
 */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { brotliCompressSync, constants } from 'node:zlib'
import { build, transform } from 'esbuild'
import { root } from './setup.mjs'

const client = join(root, 'packages', 'client')
const ownFolder = join(client, 'dist')
const outfile = process.argv[2] ?? join(ownFolder, 'upki-client.js')
const entry = 'main.js'
const common = { platform: 'node', target: 'node20', minify: true }

/** What libraries bring along and this program has no use for: a start reads and scans the whole file. */
const leftOut = {
  name: 'left-out',
  setup({ onLoad, onResolve }) {
    // Chinese, Taiwanese and Korean tables of iconv-lite: ours are Japanese.
    onLoad(
      { filter: /iconv-lite.*tables[\\/](cp936|cp949|cp950|gbk-added|gb18030-ranges|big5-added)\.json$/ },
      () => ({
        contents: '[]',
        loader: 'json',
      }),
    )
    // Commander loads it for commands that are programs of their own, and with it all of the network.
    onResolve({ filter: /^node:child_process$/ }, ({ importer }) =>
      /[\\/]commander[\\/]lib[\\/]/.test(importer) ? { path: 'none', namespace: 'left-out' } : undefined,
    )
    onLoad({ filter: /.*/, namespace: 'left-out' }, () => ({ contents: 'module.exports = {}' }))
  },
}

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
    plugins: [leftOut],
  })
  refuseNamesOfCommonJs(metafile)
  const chunks = new Map(outputFiles.map(({ path, text }) => [basename(path), text]))
  return { chunks, atStart: reachable(metafile, `out/${entry}`) }
}

/** Packages of CommonJS of which the program takes `default`. */
const takenWhole = /[\\/]node_modules[\\/](proxy-from-env|https-proxy-agent)[\\/]/

/** `import()` of a CommonJS module gives names in Node.js and in tests, but `default` alone in a bundle. */
function refuseNamesOfCommonJs({ inputs }) {
  for (const [importer, { imports }] of Object.entries(inputs))
    for (const { path, kind } of imports)
      if (kind === 'dynamic-import' && inputs[path]?.format === 'cjs' && !takenWhole.test(path))
        throw new Error(`${importer} loads ${path}, a CommonJS module, by import(): import it statically`)
}

function reachable({ outputs }, file, found = new Set()) {
  if (found.has(basename(file))) return found
  found.add(basename(file))
  for (const { path, kind, external } of outputs[file].imports)
    if (kind === 'import-statement' && !external) reachable({ outputs }, path, found)
  return found
}

async function toFunctionBody(text) {
  const { code } = await transform(text, {
    ...common,
    format: 'cjs',
    // As require, which the loader below answers.
    supported: { 'dynamic-import': false },
  })
  return escapeText(code)
}

/** One character beyond ASCII would have V8 keep the whole file in twice the space. */
const escapeText = (code) =>
  code.replace(/[\u0080-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)

const renderAtStart = (name, code) => `"./${name}":(require,module,exports,__url)=>{${code}\n}`
const renderLater = (name, code) =>
  `//./${name} ${brotliCompressSync(code, { params: { [constants.BROTLI_PARAM_LGWIN]: 22 } }).toString('base64')}`

const loader = `
const builtin=process.getBuiltinModule;
const fs=builtin("node:fs");
const file=fs.realpathSync(process.argv[1]);
const url=builtin("node:url").pathToFileURL(file).href;
const sea=()=>builtin("node:sea");
const own=()=>file===process.execPath&&sea().isSea()?sea().getAsset("program","utf8"):fs.readFileSync(file,"latin1");
const loaded={};
let later;
const read=(name)=>{
  later??=new Map(own().split("\\n//./").slice(1).map((line)=>["./"+line.slice(0,line.indexOf(" ")),line]));
  const line=later.get(name);
  const code=builtin("node:zlib").brotliDecompressSync(Buffer.from(line.slice(line.indexOf(" ")+1),"base64")).toString("latin1");
  return builtin("node:vm").compileFunction(code,["require","module","exports","__url"],{filename:"upki-client/"+name.slice(2)});
};
const load=(name)=>{
  if(!name.startsWith("./"))return builtin(name);
  if(loaded[name])return loaded[name].exports;
  const module=loaded[name]={exports:{}};
  const run=modules[name]??read(name);
  run(load,module,module.exports,url);
  return module.exports;
};
load("./${entry}");
`

const { chunks, atStart } = await split()
const modules = await Promise.all([...chunks].map(async ([name, text]) => [name, await toFunctionBody(text)]))
const rendered = (wanted, render) =>
  modules.filter(([name]) => atStart.has(name) === wanted).map((module) => render(...module))
mkdirSync(dirname(outfile), { recursive: true })
writeFileSync(
  outfile,
  [
    '#!/usr/bin/env node\n"use strict";\nconst modules={',
    rendered(true, renderAtStart).join(',\n'),
    `};${loader}`,
    ...rendered(false, renderLater),
    '',
  ].join('\n'),
)
chmodSync(outfile, 0o755)
// Beside a package.json that says "module" node would start it by its slower loader.
if (dirname(outfile) === ownFolder) writeFileSync(join(ownFolder, 'package.json'), '{"type":"commonjs"}\n')
// The worker thread of large checks: a file of its own beside the program, which does without it where it is missing.
await build({
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  conditions: ['upki-source'],
  logLevel: 'warning',
  entryPoints: [join(root, 'packages', 'shared', 'src', 'parallel', 'judge-worker.ts')],
  outfile: join(dirname(outfile), 'judge-worker.js'),
})
