/** One line of 100 MB, or a tree of any depth, ends the reading early: hardly any of it is asked for, and memory stays flat. */
import { expect, it } from 'vitest'
import { readApplications } from './index.js'
import { XmlReader } from './read-xml.js'

const pieceLength = 65_536
const pieces = Math.ceil(100_000_000 / pieceLength)

/** How many rows and pieces a reader takes of a beginning and a line that does not end. */
async function readLong(start: string): Promise<{ taken: number; codes: string[] }> {
  let taken = 0
  async function* source(): AsyncGenerator<Buffer> {
    yield await Promise.resolve(Buffer.from(start))
    for (; taken < pieces; taken++) yield Buffer.alloc(pieceLength, 'A')
  }
  const { batches } = await readApplications(source())
  const codes: string[] = []
  for await (const rows of batches)
    codes.push(...rows.flatMap(({ row, findings }) => findings.map(({ code }) => `${row} ${code}`)))
  return { taken, codes }
}

it.each([
  ['CSV', 'kind,csr\nserver-issue,', '1 rowTooLong'],
  ['UPKI TSV', `CN=a.example.ac.jp\t\t\t1\t4${'\t'.repeat(8)}\n`, '2 rowTooLong'],
  ['JSON', '[{"csr":"', '1 rowTooLong'],
  ['JSON Lines', '{"csr":"', '1 rowTooLong'],
  ['XML', '<applications><application><csr>', '1 rowTooLong'],
])('of %s', async (_, start, finding) => {
  const { taken, codes } = await readLong(start)
  expect(codes).toEqual([finding])
  expect(taken).toBeLessThan(32)
})

it('of a tree of XML is read to its first wrong element, however deep it goes on in the same piece', () => {
  const values: unknown[] = []
  const row = '<application><serial>1</serial></application>'
  const push = () => new XmlReader().push(`<applications>${row}${'<a>'.repeat(1_000_000)}`, values)
  expect(push).toThrow(expect.objectContaining({ code: 'xmlElement' }))
  expect(values).toEqual([{ serial: '1' }])
})
