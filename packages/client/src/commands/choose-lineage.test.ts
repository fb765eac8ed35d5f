import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { chooseDirectories, type Directories } from '../keystore/directories.js'
import { type Choice, Prompter } from '../terminal/prompter.js'
import { makeWorkspace, type Workspace } from '../testing/run-in-process.js'
import { chooseCertName } from './choose-lineage.js'

let workspace: Workspace
let directories: Directories

beforeEach(async () => {
  workspace = await makeWorkspace()
  directories = chooseDirectories({ config: workspace.path('client') })
})
afterEach(() => workspace.remove())

const have = (...names: string[]) => {
  for (const name of names) mkdirSync(join(directories.config, 'live', name), { recursive: true })
}
class Answering extends Prompter {
  constructor(private readonly index: number) {
    super('en', new AbortController().signal)
  }

  override choose<T>(_question: unknown, choices: readonly Choice<T>[]): Promise<T> {
    return Promise.resolve(choices[this.index]!.value)
  }
}

describe('which certificate a command is for', () => {
  it('is what --cert-name says', async () => {
    expect(await chooseCertName(directories, { certName: 'a.example.jp' }, {})).toBe('a.example.jp')
  })

  it('is never a path', async () => {
    await expect(chooseCertName(directories, { certName: '../a' }, {})).rejects.toThrow()
  })

  it('is asked for on a terminal, even when there is only one', async () => {
    have('a.example.jp')
    expect(await chooseCertName(directories, {}, { prompter: new Answering(0) })).toBe('a.example.jp')
    have('b.example.jp')
    expect(await chooseCertName(directories, {}, { prompter: new Answering(1) })).toBe('b.example.jp')
  })

  it('is the only one where that does no harm', async () => {
    have('a.example.jp')
    expect(await chooseCertName(directories, { takesOnlyOne: true }, {})).toBe('a.example.jp')
  })

  it.each([
    { names: ['a.example.jp'], takesOnlyOne: false, known: 'a.example.jp' },
    { names: ['a.example.jp', 'b.example.jp'], takesOnlyOne: true, known: 'a.example.jp, b.example.jp' },
  ])('without a terminal must be said: $names', async ({ names, takesOnlyOne, known }) => {
    have(...names)
    await expect(chooseCertName(directories, { takesOnlyOne }, {})).rejects.toThrow(
      `Give --cert-name: ${known}.`,
    )
  })

  it.each([{}, { prompter: new Answering(0) }])('cannot be said where there is none', async (context) => {
    await expect(chooseCertName(directories, {}, context)).rejects.toThrow(
      `There is no certificate in ${directories.config} yet. Get one: upki-client certonly -d HOST`,
    )
  })
})
