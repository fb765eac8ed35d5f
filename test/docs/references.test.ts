/** What documents and comments refer to is there: links, headings, paths, rows of the conformance table, metrics, variables. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { eventTypes } from '../../packages/server/src/notify/event-types.js'
import { roles, scopes } from '../../packages/server/src/policy/scopes.js'

const root = fileURLToPath(new URL('../../', import.meta.url))
const read = (path: string): string => readFileSync(join(root, path), 'utf8')
const isThere = (path: string): boolean => existsSync(join(root, path))
const all = (text: string, pattern: RegExp): string[][] =>
  [...text.matchAll(pattern)].map((match) => [...match])

const skipped = ['node_modules', 'dist', 'build', 'var', 'generated']

function filesBelow(folder: string, ending: RegExp): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return skipped.includes(entry.name) ? [] : filesBelow(path, ending)
    return ending.test(entry.name) ? [path] : []
  })
}

const documents = [
  ...readdirSync(root).filter((name) => name.endsWith('.md')),
  ...filesBelow('docs', /\.md$/),
]
const sources = ['packages', 'test', 'scripts', 'deploy'].flatMap((folder) =>
  filesBelow(folder, /\.(tsx?|mjs|yaml|sh)$/),
)

const headingsOf = (document: string): string[] => all(read(document), /^#+ (.*)$/gm).map(([, text]) => text!)

/** As hosts of repositories make it. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}\- _]/gu, '')
    .replaceAll(' ', '-')

function isLinkGood(document: string, link: string): boolean {
  const [file = '', anchor] = link.split('#')
  const target = file === '' ? document : normalize(join(dirname(document), file))
  if (!isThere(target)) return false
  return anchor === undefined || headingsOf(target).map(anchorOf).includes(anchor)
}

describe.each(documents)('%s', (document) => {
  it('links to what is there', () => {
    const links = all(read(document), /\]\(([^)\s]+)\)/g).map(([, link]) => link!)
    const own = links.filter((link) => !/^(https?|mailto):/.test(link))
    expect(own.filter((link) => !isLinkGood(document, link))).toEqual([])
  })

  it('names files that are there', () => {
    const paths = all(read(document), /`((?:packages|test|docs|deploy|scripts|openapi)\/[\w./-]+)`/g)
    // Made by the reader, or by the build.
    const isMade = (path: string) => path === 'deploy/config.yaml' || path.includes('/dist')
    expect(paths.map(([, path]) => path!).filter((path) => !isMade(path) && !isThere(path))).toEqual([])
  })
})

const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }

it.each(documents)('%s names commands that there are', (document) => {
  const commands = all(read(document), /\bnpm run (?:-s )?([a-z:-]+)/g).map(([, name]) => name!)
  expect(commands.filter((name) => !(name in scripts))).toEqual([])
})

it('README.ja.md leads to what README.md leads to, and has its commands', () => {
  const told = (document: string) => {
    const links = all(read(document), /\]\(([\w./-]+)\)/g).map(([, link]) => link!)
    const commands = all(read(document), /\bnpm (?:run [a-z:]+|start|test)/g).map(([command]) => command!)
    return [...new Set([...links.filter((link) => !link.startsWith('README')), ...commands])].sort()
  }
  expect(told('README.ja.md')).toEqual(told('README.md'))
})

describe('comments', () => {
  it('cite headings that are there', () => {
    const citations = sources.flatMap((source) =>
      all(read(source), /(docs\/[\w/-]+\.md)(?:, "([^"]+)")?/g).map(([, document, heading]) => ({
        source,
        document: document!,
        heading,
      })),
    )
    const lost = citations.filter(
      ({ document, heading }) =>
        !isThere(document) || (heading !== undefined && !headingsOf(document).includes(heading)),
    )
    expect(lost).toEqual([])
  })
})

describe('docs/acme-conformance.md', () => {
  const acme = 'packages/server/src/acme'
  const rows = all(read('docs/acme-conformance.md'), /^\| (.+) \|$/gm).slice(2)

  it.each(rows.map(([, row]) => row!.split(' | ').map((cell) => cell.trim())))('%s, %s', (...cells) => {
    const named = all(cells.slice(2).join(' '), /`([\w./*-]*(?:\/|\.ts)[\w./*-]*)`/g).map(([, path]) => path!)
    const paths = named.map((path) => (/^(test|packages)\//.test(path) ? path : normalize(join(acme, path))))
    expect(paths.filter((path) => !isThere(path.replace(/\/\*.*$/, '')))).toEqual([])
  })
})

describe('docs/notices.md', () => {
  it('has every type of event, and no other', () => {
    const rows = all(read('docs/notices.md'), /^\| (`[a-z]+\.[^|]+`) +\|/gm).map(([, names]) => names!)
    const told = rows.flatMap((row) => all(row, /`([a-z.-]+)`/g).map(([, name]) => name!))
    expect(told.sort()).toEqual([...eventTypes].sort())
  })
})

describe('docs/operations.md', () => {
  const operations = read('docs/operations.md')
  const server = filesBelow('packages/server/src', /(?<!\.test)\.ts$/)
    .map(read)
    .join('\n')

  it('has every metric, and no other', () => {
    const made = all(server, /'(upki_[a-z_]+)'/g).map(([, name]) => name!)
    const told = all(operations, /^\| `(upki_[a-z_]+)`/gm).map(([, name]) => name!)
    expect(told.sort()).toEqual(made.sort())
  })

  it.each([...scopes, ...roles])('tells what %s is', (name) => {
    expect(operations).toContain(`\`${name}\``)
  })

  it('has every variable of the environment, and no other', () => {
    const read = all(server, /^ {2}(UPKI_[A-Z_]+):/gm).map(([, name]) => name!)
    const told = new Set(all(operations, /^\| `(UPKI_[A-Z_]+)` /gm).map(([, name]) => name!))
    expect([...told].sort()).toEqual(read.sort())
  })
})
