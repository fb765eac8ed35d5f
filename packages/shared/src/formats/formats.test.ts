import fc from 'fast-check'
import iconv from 'iconv-lite'
import { beforeAll, describe, expect, it } from 'vitest'
import { applicationKinds } from '../application/index.js'
import type { Application, ApplicationKind } from '../application/index.js'
import { checkApplications } from '../check/index.js'
import { charactersOutsideJis, kindTables, toJisText } from '../tsv/index.js'
import { makeCsr } from '../testing/make-csr.js'
import { codesOf, inPieces, readAll, writeAll } from '../testing/pieces.js'
import { sampleOf } from '../testing/sample-kinds.js'
import { formatNames, hintsOfMediaType, makeWriter } from './index.js'
import type { FormatName } from './index.js'

let csr = ''
beforeAll(async () => {
  csr = await makeCsr()
})

const inputsOf = ({ rows }: Awaited<ReturnType<typeof readAll>>) => rows.map(({ input }) => input)
const sample = (kind: ApplicationKind) => sampleOf(kind, /^server-(issue|renew)$/.test(kind) ? { csr } : {})
const revoke = (fields: Application['fields'] = {}): Application => ({
  kind: 'server-revoke',
  fields: { subjectDn: 'CN=a.example.ac.jp,O=X', serial: '255', revocationReason: '4', ...fields },
})

describe('every kind in every format', () => {
  const pairs = applicationKinds.flatMap((kind) => formatNames.map((format) => [kind, format] as const))

  it.each(pairs)('%s comes back from %s as it was', async (kind, format) => {
    const application = await sample(kind)
    const bytes = writeAll(format, [application, application])
    for (const length of [Infinity, 7]) {
      const read = await readAll(inPieces(bytes, length), { kind })
      expect(codesOf(read)).toEqual([])
      expect(inputsOf(read)).toEqual([application, application])
      expect(read.format).toBe(format === 'jsonl' ? 'jsonl' : format)
    }
  })

  it.each(applicationKinds.filter((kind) => kind !== 'subscriber-update'))(
    'tells %s from the columns of a UPKI TSV',
    async (kind) => {
      const read = await readAll(writeAll('upki-tsv', [await sample(kind)]))
      // The two share every column and mark.
      expect(read.kind).toBe(kind === 'acme-revoke' ? 'server-revoke' : kind)
    },
  )
})

/** Text that no rule would take, but that formats can hold: values are brought over as they are, unchecked. */
const anyText = fc.string({
  unit: fc.constantFrom(
    ...Array.from('a ,;"\'=\n\r\t\u00a0\u2028\ufeff\u200b<&]>¥髙①'),
    '𠮷',
    'か\u3099',
    '\ufa1b',
  ),
  minLength: 1,
  maxLength: 12,
})

/** Text that the character set takes, with what formats stumble over. */
const jisText = fc
  .string({
    unit: fc.constantFrom(...Array.from('aZ9 ,;"\'=+-@<&>表ソ能〜−国ｱ\\|%!')),
    minLength: 1,
    maxLength: 20,
  })
  .filter((text) => !/^".*"$/.test(text) && charactersOutsideJis(text).length === 0)

const applicationWith = (text: fc.Arbitrary<string>) =>
  fc.constantFrom(...applicationKinds).chain((kind) => {
    const fields = kindTables[kind].columns.flatMap(({ field, use }) => {
      if (!field || use === 'empty') return []
      const value =
        field === 'dnsNames'
          ? fc
              .array(fc.constantFrom('a.jp', 'b.c.jp'), { minLength: 1, maxLength: 3 })
              .map((names) => names.map((name) => `dNSName=${name}`).join())
          : field === 'csr'
            ? fc.base64String({ minLength: 4 })
            : text
      return [[field, use === 'required' ? value : fc.option(value, { nil: undefined })] as const]
    })
    return fc.record(Object.fromEntries(fields)).map((values) => ({
      kind,
      fields: Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)),
    }))
  })

const anyApplication = applicationWith(jisText)

describe('round trips', () => {
  it('brings any application through UPKI TSV', async () => {
    await fc.assert(
      fc.asyncProperty(anyApplication, async (application) => {
        const read = await readAll(writeAll('upki-tsv', [application]), {
          format: 'upki-tsv',
          kind: application.kind,
        })
        const fields = Object.fromEntries(
          Object.entries(application.fields).map(([name, value]) => [name, toJisText(value ?? '')]),
        )
        expect(inputsOf(read)).toEqual([{ kind: application.kind, fields }])
      }),
      { numRuns: 150 },
    )
  })

  it('brings any applications from JSON to CSV to XML to TSV and back', async () => {
    const applications = fc.array(fc.oneof(anyApplication, applicationWith(anyText)), {
      minLength: 1,
      maxLength: 5,
    })
    await fc.assert(
      fc.asyncProperty(applications, fc.integer({ min: 1, max: 50 }), async (given, pieceLength) => {
        let current = given
        for (const format of ['json', 'csv', 'xml', 'tsv', 'jsonl', 'json'] as const) {
          const read = await readAll(inPieces(writeAll(format, current), pieceLength), { format })
          expect(codesOf(read)).toEqual([])
          current = inputsOf(read) as Application[]
        }
        expect(current).toEqual(given)
      }),
      { numRuns: 80 },
    )
  })

  it.each<[FormatName, string]>([
    ['csv', 'half \ud83d'],
    ['tsv', '\udc00 half'],
    ['xml', 'half \ud83d'],
    ['xml', 'NUL \0'],
  ])('into %s, tells the field with what it cannot hold: %j', (format, revocationComment) => {
    const told = makeWriter(format as 'csv').write(revoke({ revocationComment }), 3)
    expect(told).toMatchObject({ code: 'cannotWrite', row: 3, field: 'revocationComment' })
  })

  it.each<[string, Application['fields'], string, string]>([
    ['a tab', { revocationComment: 'a\tb' }, 'revocationComment', '制御文字'],
    [
      'another character set',
      { revocationComment: '髙' },
      'revocationComment',
      '第二水準にない文字があります: 髙',
    ],
    [
      'a field of another kind',
      { software: 'nginx' },
      'software',
      'server-revokeにsoftwareという項目はありません',
    ],
    ['nothing', { serial: '' }, 'serial', 'serialが空です'],
  ])('into UPKI TSV, tells %s by field and in both languages', async (_, fields, field, ja) => {
    const { UpkiTsvWriter } = await import('./index.js')
    const told = new UpkiTsvWriter().write(revoke(fields), 2)
    const message = {
      ja: expect.stringContaining(ja) as string,
      en: expect.stringMatching(/^[ -~髙]+$/) as string,
    }
    expect(told).toMatchObject({ code: 'cannotWrite', row: 2, field, message })
  })

  it('into JSON, tells names that are no list, in both languages', () => {
    const told = makeWriter('json').write({ kind: 'acme-create', fields: { dnsNames: 'a.jp' } }, 2)
    const message = {
      ja: expect.stringContaining('「a.jp」は「dNSName=ホスト名」の形ではありません') as string,
    }
    expect(told).toMatchObject({ code: 'cannotWrite', row: 2, field: 'dnsNames', message })
  })

  it('splits at 99 rows and by kind, with the same bytes each time', async () => {
    const rows = [...Array.from({ length: 100 }, () => revoke()), await sample('client-revoke')]
    expect(writeAll('upki-tsv', rows)).toEqual(writeAll('upki-tsv', rows))
    const { UpkiTsvWriter } = await import('./index.js')
    const writer = new UpkiTsvWriter()
    const full = rows.flatMap((row, index) => writer.write(row, index + 1) ?? [])
    expect([...full, ...writer.end()].map((file) => 'name' in file && [file.name, file.rowCount])).toEqual([
      ['server-revoke-001.tsv', 99],
      ['server-revoke-002.tsv', 1],
      ['client-revoke-001.tsv', 1],
    ])
  })
})

describe('files that are no applications', () => {
  it.each([
    ['a CSR', '-----BEGIN CERTIFICATE REQUEST-----\nMIIB\n', 'inputPem'],
    ['a key after an empty line', '\n-----BEGIN EC PRIVATE KEY-----\r\nMIIB\r\n', 'inputPem'],
    ['an .xlsx workbook', Buffer.from('504b030414000600', 'hex'), 'inputWorkbook'],
    ['an .xls workbook', Buffer.from('d0cf11e0a1b11ae1', 'hex'), 'inputWorkbook'],
  ])('are told by name: %s', async (_, bytes, code) => {
    expect(codesOf(await readAll(inPieces(bytes)))).toEqual([`1 ${code}`])
  })
})

describe('tables as people write them', () => {
  const csv = '失効理由,主体者DN,シリアル番号,失効理由コメント\r\n4,"CN=a.example.ac.jp,O=X",255,更新\r\n'
  const tsv = csv
    .replace(/"([^"]*),([^"]*)"/, '$1;$2')
    .replaceAll(',', '\t')
    .replace(';', ',')
  const wanted = [revoke({ revocationComment: '更新' })]

  it.each([
    ['UTF-8', Buffer.from(csv), 'utf-8'],
    ['UTF-8 with BOM', Buffer.from(`\ufeff${csv}`), 'utf-8 with BOM'],
    ['Shift_JIS', iconv.encode(csv, 'cp932'), 'shift_jis'],
    ['UTF-16 as Excel writes it', iconv.encode(`\ufeff${tsv}`, 'utf-16le'), 'utf-16le'],
    ['UTF-16, big end first', iconv.encode(`\ufeff${tsv}`, 'utf-16be'), 'utf-16be'],
    ['UTF-16 without BOM', iconv.encode(tsv, 'utf-16le'), 'utf-16le'],
    ['TSV in Shift_JIS', iconv.encode(tsv, 'cp932'), 'shift_jis'],
    ['LF only', Buffer.from(csv.replaceAll('\r', '')), 'utf-8'],
    ['semicolons', Buffer.from(csv.replace(/,(?=主|シ|失|255|更|")/g, ';')), 'utf-8'],
    [
      'English headings',
      Buffer.from(
        csv.replace(
          '失効理由,主体者DN,シリアル番号,失効理由コメント',
          'Revocation Reason,subject dn,SERIAL_NUMBER,revocationComment',
        ),
      ),
      'utf-8',
    ],
  ])('reads %s', async (_, bytes, encoding) => {
    for (const length of [Infinity, 1]) {
      const read = await readAll(inPieces(bytes, length))
      expect([codesOf(read), inputsOf(read), read.encoding]).toEqual([[], wanted, encoding])
    }
  })

  it.each([
    ['a heading that is not known', 'subjectDn,serial,colour\nCN=a,1,red\n', ['1 headingUnknown']],
    ['a heading twice', 'subjectDn,serial,Serial Number\nCN=a,1,2\n', ['1 headingRepeated']],
    ['a cell too many', 'kind,serial\nserver-revoke,1\nserver-revoke,1,2\n', ['2 columnCount']],
    ['a kind that there is not', 'kind,serial\nserver-stop,1\n', ['1 inputUnknownKind']],
    ['an open quotation mark', 'kind,serial\nserver-revoke,"1\n', ['1 tableSyntax']],
    ['nothing', '', ['1 inputEmpty']],
    ['blank lines only', '\r\n\r\n', ['1 inputEmpty']],
    ['a heading only', 'kind,serial\r\n', ['1 inputEmpty']],
    ['two columns without a heading', 'a,b\n', ['1 kindNeeded']],
    [
      'a broken byte after good ones',
      Buffer.concat([Buffer.from('kind,serial\nserver-revoke,1\n漢'), Buffer.of(0xff)]),
      ['1 inputEncoding'],
    ],
  ])('tells %s', async (_, text, codes) => {
    expect(codesOf(await readAll(text))).toEqual(codes)
  })

  it('keeps formulas inert and brings them back', async () => {
    const rows = ["=cmd|' /C calc'!A0", '+1', '-1', '@SUM(1)', "'=x", '＝１', 'a=b'].map((comment) =>
      revoke({ revocationComment: comment }),
    )
    const text = writeAll('csv', rows).toString()
    expect(text).not.toMatch(/(^|,)"?[=+\-@＝]/m)
    expect(inputsOf(await readAll(text))).toEqual(rows)
  })

  it('takes a plain list of names and a PEM in a cell', async () => {
    const pem = `-----BEGIN CERTIFICATE REQUEST-----\n${csr}\n-----END CERTIFICATE REQUEST-----\n`
    const [input] = inputsOf(await readAll(`csr,dNSName\n"${pem}",a.example.ac.jp b.example.ac.jp\n`))
    expect(input).toEqual({ fields: { csr, dnsNames: 'dNSName=a.example.ac.jp,dNSName=b.example.ac.jp' } })
  })
})

describe('a field that is there twice', () => {
  const kind = '"kind":"server-revoke"'
  const xml = (row: string) => `<applications><application>${row}</application><application/></applications>`

  it.each([
    [
      'JSON',
      'json',
      `[{${kind},"serial":"1"},{${kind},"serial":"1","serial":"2"}]`,
      '2 inputMemberTwice serial',
    ],
    ['JSON lines', 'jsonl', `{${kind}}\n{${kind},"serial":"1","serial":"1"}\n`, '2 inputMemberTwice serial'],
    ['a field that is none', 'json', `{${kind},"x":"1","x":"2"}`, '1 inputMemberTwice undefined'],
    [
      'XML',
      'xml',
      xml('<serial>1</serial><software>x</software><serial>2</serial>'),
      '1 inputMemberTwice serial',
    ],
    ['names in XML', 'xml', xml('<dnsNames/><dnsNames/>'), '1 inputMemberTwice dnsNames'],
    [
      'the kind in XML, as attribute and element',
      'xml',
      '<applications><application kind="server-revoke"><kind>server-issue</kind></application></applications>',
      '1 inputMemberTwice undefined',
    ],
  ] as const)('is told with its row and name: %s', async (_, format, text, found) => {
    const read = await readAll(text, { format })
    const findings = read.rows.flatMap((row) => row.findings)
    expect(findings.map(({ row, code, field }) => `${row} ${code} ${field}`)).toEqual([found])
  })

  it('in XML under a name that every object has is none of the fields', async () => {
    const read = await readAll(xml('<__proto__>x</__proto__>'), { format: 'xml' })
    expect(codesOf(read)).toEqual(['1 inputUnknownMember'])
  })
})

describe('UPKI TSV as it comes', () => {
  it.each([
    ['14 columns', 'a\t'.repeat(13) + '\r\n', ['1 columnCount']],
    ['an empty line', '\t'.repeat(12) + '\r\n\r\n', ['2 columnCount']],
    ['a filled reserved column', 'CN=a\t\tx\t1\t4' + '\t'.repeat(8), ['1 columnReserved']],
  ])('tells %s', async (_, text, codes) => {
    expect(codesOf(await readAll(text, { kind: 'server-revoke', format: 'upki-tsv' }))).toEqual(codes)
  })
})

describe('hostile input', () => {
  const bomb = `<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><applications><application><csr>&b;</csr></application></applications>`
  const deep = '<a>'.repeat(1000)
  const xml = (fields: string) => `<applications><application>${fields}</application></applications>`

  it.each<[string, string | Buffer, string[]]>([
    ['an entity bomb', bomb, ['1 xmlDoctype']],
    ['an external entity', '<!DOCTYPE a SYSTEM "file:///etc/passwd"><applications/>', ['1 xmlDoctype']],
    [
      'an unknown entity',
      '<applications><application><csr>&b;</csr></application></applications>',
      ['1 xmlSyntax'],
    ],
    [
      'an element of its own',
      '<applications><application><csr><x/></csr></application></applications>',
      ['1 xmlElement'],
    ],
    ['a deep tree', deep, ['1 xmlElement']],
    ['names beside dnsName', xml('<dnsNames>a.example.ac.jp</dnsNames>'), ['1 xmlText']],
    ['text beside the fields', xml('<serial>1</serial>255'), ['1 xmlText']],
    ['text between applications', `<applications>x${xml('').slice(14)}`, ['1 xmlText']],
    ['an attribute of a field', xml('<serial base="16">ff</serial>'), ['1 xmlElement']],
    [
      'the kind at the wrong place',
      xml('').replace('<applications', '$& kind="client-issue"'),
      ['1 xmlElement'],
    ],
    ['XML cut short', '<applications><application><csr>a', ['1 inputCutShort']],
    ['JSON cut short', '[{"serial":"1"},{"serial":', ['2 inputCutShort']],
    ['an array cut short', '[{"serial":"1"},', ['2 inputCutShort']],
    ['a comma too many', '[{"serial":"1"},]', ['2 jsonSyntax']],
    ['a comma too few', '[{"serial":"1"}{}]', ['2 jsonSyntax']],
    ['text after the array', '[{"serial":"1"}] x', ['2 jsonSyntax']],
    ['a second array', '[{"serial":"1"}][]', ['2 jsonSyntax']],
    ['a number as serial', '{"serial":123}', ['1 inputWrongType']],
    ['a bare number', '[1]', ['1 inputNotObject']],
    ['deep brackets', '['.repeat(70_000), ['1 rowTooLong']],
    ['one long line', `kind,serial\nserver-revoke,${'1'.repeat(70_000)}\n`, ['1 rowTooLong']],
    ['one long line of TSV', `CN=a\t\t\t1\t4${'\t'.repeat(8)}\n${'x'.repeat(140_000)}`, ['2 rowTooLong']],
    [
      'one long element',
      `<applications><application><csr>${'A'.repeat(200_000)}</csr></application></applications>`,
      ['1 rowTooLong'],
    ],
    ['one long string', `[{"csr":"${'A'.repeat(140_000)}"}]`, ['1 rowTooLong']],
  ])('answers %s with a finding', async (_, text, codes) => {
    const found = codesOf(await readAll(inPieces(text, 5000)))
    expect(found).toEqual(codes)
  })

  it('takes the attributes that schemas and XML itself have, and blanks between elements', async () => {
    const attributes = 'xmlns="urn:x" xmlns:xsi="urn:y" xsi:schemaLocation="urn:x x.xsd" xml:lang="ja"'
    const text = `\n${xml('\n  <serial>1</serial>\n').replace('>', ` ${attributes}>\n\t`)}`
    expect(inputsOf(await readAll(text.trim()))).toEqual([{ fields: { serial: '1' } }])
  })

  it('says which row of a table has a stray quote, and no line of its own counting', async () => {
    const read = await readAll(`kind,serial\n${'server-revoke,1\n'.repeat(7)}server-revoke,1"2\n`)
    expect(codesOf(read)).toEqual(['8 tableSyntax'])
    expect(read.rows.at(-1)?.findings[0]?.message.en).not.toMatch(/line \d/)
  })

  it('counts only columns with a heading as wanted', async () => {
    const read = await readAll('subjectDn,serial,\na,1,2\n')
    expect(read.rows[0]?.findings[0]?.message.en).toBe('The row has 3 columns; it should have 2.')
  })

  it('keeps to the rows that the caller allows', async () => {
    const read = await readAll('{"serial":"1"}\n'.repeat(5), { maxRows: 3 })
    expect([read.rows.length, codesOf(read)]).toEqual([4, ['4 tooManyRows']])
  })

  it('answers any mutation of real files with applications and findings', async () => {
    const files = await Promise.all(
      formatNames.map(async (format) =>
        writeAll(format, [await sample('server-issue'), await sample('server-issue')]),
      ),
    )
    const mutated = fc
      .tuple(
        fc.constantFrom(...files),
        fc.array(fc.tuple(fc.nat(), fc.uint8Array({ maxLength: 6 })), { maxLength: 4 }),
        fc.nat(),
      )
      .map(([file, edits, cut]) => {
        const bytes = Buffer.from(file)
        for (const [at, edit] of edits) Buffer.from(edit).copy(bytes, at % bytes.length)
        return bytes.subarray(0, cut % 3 === 0 ? cut % bytes.length : bytes.length)
      })
    await fc.assert(
      fc.asyncProperty(
        mutated,
        fc.option(fc.constantFrom<FormatName>(...formatNames)),
        async (bytes, format) => {
          const { rows } = await readAll(inPieces(bytes, 100), format ? { format } : {})
          for (const { input, findings } of rows)
            expect(input !== undefined || findings.length > 0).toBe(true)
        },
      ),
      { numRuns: 400 },
    )
  })

  it('answers files of every kind in wrong encodings, with NUL bytes, cut, and checks and writes what it reads', async () => {
    const rows = await Promise.all(applicationKinds.map((kind) => sample(kind)))
    const files = formatNames.flatMap((format) => rows.map((row) => writeAll(format, [row, row])))
    const encodings = ['utf-8', 'cp932', 'utf-16le', 'utf-16be', 'euc-jp', 'latin1']
    const property = fc.asyncProperty(
      fc.constantFrom(...files),
      fc.constantFrom(...encodings),
      fc.option(fc.constantFrom(...encodings)),
      fc.array(fc.nat(), { maxLength: 3 }),
      async (file, encoding, charset, zeros) => {
        const bytes = iconv.encode(file.toString(), encoding)
        for (const at of zeros) bytes[at % bytes.length] = 0
        const cut = bytes.subarray(0, bytes.length - ((zeros[0] ?? 0) % 7))
        const { rows: read } = await readAll(inPieces(cut, 64), charset ? { charset } : {})
        for (const { row, input, findings } of read) {
          expect(input !== undefined || findings.length > 0).toBe(true)
          if (!input) continue
          const application = { kind: 'server-issue' as const, ...input } as Application
          checkApplications([application], {})
          for (const format of ['json', 'csv', 'xml'] as const) makeWriter(format).write(application, row)
        }
      },
    )
    await fc.assert(property, { numRuns: 300 })
  })

  it('throws what the source throws', async () => {
    async function* broken() {
      yield await Promise.resolve(Buffer.from('[{"serial":"1"}'.padEnd(70_000)))
      throw new Error('the disk is gone')
    }
    await expect(readAll(broken())).rejects.toThrow('the disk is gone')
  })
})

describe('hintsOfMediaType', () => {
  it.each([
    ['application/json; charset=utf-8', { format: 'json', charset: 'utf-8' }],
    ['application/x-ndjson', { format: 'jsonl' }],
    ['text/csv; charset="Shift_JIS"', { format: 'csv', charset: 'shift_jis' }],
    ['text/tab-separated-values', {}],
    ['text/tab-separated-values; header=absent', { format: 'upki-tsv' }],
    ['Text/XML', { format: 'xml' }],
    ['image/png', undefined],
  ])('of %s', (type, hints) => {
    expect(hintsOfMediaType(type)).toEqual(hints)
  })
})
