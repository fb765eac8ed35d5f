/** The entries of `tsv …` in the command table. */
import type { Bilingual } from '@upki-gateway/shared/problem'
import type { CommandGroup, CommandSpec, OptionSpec } from '../command-spec.js'
import { commonOptions } from '../common-options.js'
import type { BuildOptions } from './build-options.js'
import type { CheckOptions } from './check.js'
import type { ConvertOptions } from './convert.js'
import type { FixOptions } from './fix.js'
import type { ShowOptions } from './show.js'

const input: Bilingual = { en: 'Input:', ja: '入力:' }
const result: Bilingual = { en: 'Result:', ja: '結果:' }
const files: Bilingual = { en: 'files, or - for standard input', ja: 'ファイル。- は標準入力' }

/** Output is the same for every command; certificates and keys are not touched, so neither are their places. */
const outputOptions = commonOptions.filter(({ flags }) => /--(json|quiet|lang)/.test(flags))

const inputOptions: readonly OptionSpec[] = [
  {
    flags: '--kind <kind>',
    group: input,
    text: {
      en: 'kind of application, such as server-issue (default: told from the rows)',
      ja: '申請の種類。server-issue など (既定: 行から推定)',
    },
  },
  {
    flags: '--from <format>',
    group: input,
    choices: ['json', 'jsonl', 'csv', 'tsv', 'xml', 'upki-tsv'],
    text: { en: 'format (default: seen from the content)', ja: '形式 (既定: 内容から判断)' },
  },
  {
    flags: '--charset <name>',
    group: input,
    text: {
      en: 'utf-8, utf-16 or shift_jis (default: seen from the content)',
      ja: 'utf-8、utf-16、shift_jis (既定: 内容から判断)',
    },
  },
  {
    flags: '--config <file>',
    group: input,
    text: {
      en: "YAML with the organisation's registered values and tables; the gateway's own will do",
      ja: '機関の登録値と表の設定 (YAML)。ゲートウェイの設定ファイルも使える',
    },
  },
  {
    flags: '--config-id <id>',
    group: input,
    text: {
      en: 'which organisation of --config, if several',
      ja: '--config に複数の機関があるとき、その id',
    },
  },
]

const outputOption: OptionSpec = {
  flags: '-o, --output <path>',
  group: result,
  text: {
    en: 'file, or directory for UPKI TSV (default: standard output)',
    ja: '出力先ファイル。UPKI TSV ではディレクトリも可 (既定: 標準出力)',
  },
}
const yesOption: OptionSpec = {
  flags: '-y, --yes',
  group: result,
  oneRun: true,
  text: { en: 'apply without asking what needs no consent', ja: '了解の要らない修正を確認せずに行う' },
}

const check: CommandSpec<CheckOptions> = {
  name: 'check',
  summary: { en: 'check applications before the upload', ja: '申請ファイルを提出前に検査する' },
  description: {
    en: `Check application files as the service would, and more: every column, the CSR,
names, and rows against each other. Nothing is written or sent.

Without --config the organisation's fixed values are only compared among rows.
The kind is guessed when not given, and the guess is shown.`,
    ja: `申請ファイルを、発行システムと同じかそれ以上に厳しく検査します: 各列、CSR、
ホスト名、行どうしの重複。書き込みも送信もしません。

--config がなければ、機関の固定値は行どうしで比べるだけです。
種類を指定しなければ推定し、推定した種類を表示します。`,
  },
  operands: { syntax: '<files...>', text: files },
  options: [
    ...inputOptions,
    {
      flags: '--format <format>',
      group: result,
      choices: ['table', 'github', 'sarif'],
      default: 'table',
      text: { en: 'how findings are shown', ja: '結果の表示形式' },
    },
    {
      flags: '--sarif',
      group: result,
      oneRun: true,
      text: { en: 'same as --format sarif', ja: '--format sarif と同じ' },
    },
    ...outputOptions,
  ],
  examples: [
    'upki-client tsv check server.tsv',
    'upki-client tsv check --kind client-issue --config upki.yaml users.csv',
  ],
  run: async (options, context) => (await import('./check.js')).runCheck(options, context),
}

const build: CommandSpec<BuildOptions> = {
  name: 'build',
  summary: {
    en: 'make UPKI TSV from CSV, JSON, XML, CSRs or a report',
    ja: 'CSV・JSON・XML・CSR・報告ファイルから申請 TSV を作る',
  },
  description: {
    en: `Make files for upload: from tables, JSON or XML; from CSR files or folders of them
(*.csr, *.pem, *.req); or from a report, to revoke or renew many certificates.
Run bare on a terminal it asks. What follows from CSR and --config is filled in
and shown; nothing is written when a row has an error.`,
    ja: `提出用のファイルを作ります: 表・JSON・XML から、CSR ファイルまたはそのフォルダ
(*.csr、*.pem、*.req) から、または報告ファイルから (まとめて失効・更新)。
端末で引数なしに実行すると質問します。CSR と --config から決まる値は補って表示し、
誤りのある行があれば何も書きません。`,
  },
  operands: {
    syntax: '[files...]',
    text: { en: 'tables, CSRs or folders of CSRs', ja: '表、CSR、CSR のフォルダ' },
  },
  options: [
    ...inputOptions,
    outputOption,
    {
      flags: '--subscriber-name <text>',
      group: input,
      text: { en: '利用管理者氏名, for CSRs', ja: '利用管理者氏名 (CSR から作るとき)' },
    },
    {
      flags: '--subscriber-department <text>',
      group: input,
      text: { en: '利用管理者所属, for CSRs', ja: '利用管理者所属 (CSR から作るとき)' },
    },
    {
      flags: '--subscriber-email <address>',
      group: input,
      text: { en: '利用管理者E-mail, for CSRs', ja: '利用管理者E-mail (CSR から作るとき)' },
    },
    {
      flags: '--software <text>',
      group: input,
      text: {
        en: '利用管理者ソフトウェア名等, for CSRs',
        ja: '利用管理者ソフトウェア名等 (CSR から作るとき)',
      },
    },
    {
      flags: '--report <file>',
      group: input,
      text: {
        en: 'serverAll.tsv: what was issued before; alone, the source of --revoke or --renew',
        ja: 'serverAll.tsv: 発行済みの一覧。--revoke と --renew の対象にもなる',
      },
    },
    {
      flags: '--revoke <reason>',
      group: input,
      choices: ['0', '1', '3', '4', '5'],
      text: {
        en: 'revoke the certificates given or chosen from the report',
        ja: '指定した、または報告から選んだ証明書を失効する',
      },
    },
    {
      flags: '--renew',
      group: input,
      oneRun: true,
      text: {
        en: 'renew those of the report whose CSRs are given',
        ja: '報告の証明書を、与えた CSR で更新する',
      },
    },
    { flags: '--comment <text>', group: input, text: { en: 'revocation comment', ja: '失効理由コメント' } },
    {
      flags: '--issuer <text>',
      group: input,
      text: {
        en: 'only of authorities with this in their name, such as G7',
        ja: '認証局の名前で選ぶ。G7 など',
      },
    },
    {
      flags: '--since <date>',
      group: input,
      text: { en: 'only issued on this day or later', ja: 'この日以降に発行されたものだけ' },
    },
    {
      flags: '--until <date>',
      group: input,
      text: { en: 'only issued before this day', ja: 'この日より前に発行されたものだけ' },
    },
    {
      flags: '--serial <numbers>',
      group: input,
      text: {
        en: 'only these certificates, apart by commas; without a report, one, with --dn',
        ja: 'これらの証明書だけ (コンマ区切り)。報告なしでは一つだけ、--dn とともに',
      },
    },
    {
      flags: '--dn <text>',
      group: input,
      text: { en: 'subject DN of --serial, without a report', ja: '--serial の主体者DN (報告なしのとき)' },
    },
    ...outputOptions,
  ],
  examples: [
    'upki-client tsv build --config upki.yaml --subscriber-email taro@example.ac.jp --software nginx csrs/ -o out/',
    'upki-client tsv build --report serverAll.tsv --revoke 4 --issuer G7 --since 2025-10-01 -o revoke/',
    'upki-client tsv build --report clientAll.tsv --revoke 3 --serial 0x2F1C0B7A -o revoke.tsv',
  ],
  run: async (options, context) => (await import('./build.js')).runBuild(options, context),
}

const convert: CommandSpec<ConvertOptions> = {
  name: 'convert',
  summary: { en: 'convert applications from one format to another', ja: '申請の形式を変換する' },
  description: {
    en: `Convert applications among JSON, JSON lines, CSV, TSV, XML and UPKI TSV. Values stay
as they are; UPKI TSV is split at 99 rows and by kind. Nothing is checked beyond
what the format asks.`,
    ja: `申請を JSON・JSON Lines・CSV・TSV・XML・UPKI TSV の間で変換します。値は変えません。
UPKI TSV は 99 行ごと、種類ごとに分けます。形式が求める以上の検査はしません。`,
  },
  operands: { syntax: '<file>', text: files },
  options: [
    ...inputOptions.filter(({ flags }) => !flags.startsWith('--config')),
    {
      flags: '--to <format>',
      group: result,
      choices: ['json', 'jsonl', 'csv', 'tsv', 'xml', 'upki-tsv'],
      default: 'upki-tsv',
      text: { en: 'format to write', ja: '変換先の形式' },
    },
    {
      flags: '--headings <language>',
      group: result,
      choices: ['field', 'ja', 'en'],
      default: 'field',
      text: { en: 'headings of CSV and TSV', ja: 'CSV・TSV の見出し' },
    },
    outputOption,
    ...outputOptions,
  ],
  examples: [
    'upki-client tsv convert users.csv --kind client-issue -o upload/',
    'upki-client tsv convert server.tsv --to csv --headings ja',
  ],
  run: async (options, context) => (await import('./convert.js')).runConvert(options, context),
}

const show: CommandSpec<ShowOptions> = {
  name: 'show',
  summary: { en: 'show applications and reports', ja: '申請ファイルと報告ファイルを見る' },
  description: {
    en: `Show the rows of an application file or of a report (serverAll.tsv, clientAll.tsv)
with CSRs and certificates decoded. Access PINs are never shown.`,
    ja: `申請ファイルや報告ファイル (serverAll.tsv、clientAll.tsv) の行を、CSR と証明書を
読み解いて表示します。アクセス PIN は表示しません。`,
  },
  operands: { syntax: '<file>', text: files },
  options: [
    ...inputOptions.filter(({ flags }) => !flags.startsWith('--config')),
    {
      flags: '--filter <words>',
      group: result,
      text: { en: 'only rows with all of these words', ja: 'これらの語をすべて含む行だけ' },
    },
    ...outputOptions,
  ],
  examples: ['upki-client tsv show serverAll.tsv --filter "www G7"', 'upki-client tsv show server.tsv'],
  run: async (options, context) => (await import('./show.js')).runShow(options, context),
}

const fix: CommandSpec<FixOptions> = {
  name: 'fix',
  summary: { en: 'apply the suggestions of the check', ja: '検査の修正案を適用する' },
  description: {
    en: `Apply what the check suggests, such as half-width letters, the order of a DN, or
0x before a serial, after asking for each. Changes that a person would read
differently (高 for 髙) are never made without asking. The input stays as it is.`,
    ja: `検査の修正案 (半角への変換、DN の順、シリアル番号の 0x など) を、一つずつ確認して
適用します。読み手にとって変わる修正 (髙→高) は、確認なしには行いません。
元のファイルは変えません。`,
  },
  operands: { syntax: '<file>', text: files },
  options: [...inputOptions, outputOption, yesOption, ...outputOptions],
  examples: ['upki-client tsv fix server.tsv -o fixed/', 'upki-client tsv fix --yes server.csv -o fixed/'],
  run: async (options, context) => (await import('./fix.js')).runFix(options, context),
}

export const tsv: CommandGroup = {
  name: 'tsv',
  summary: {
    en: 'check, make, convert, show and fix application files',
    ja: '申請ファイルの検査・作成・変換・表示・修正',
  },
  description: {
    en: 'Work with the TSV files of the issuance system, without any server.',
    ja: '発行システムに提出する TSV ファイルを、サーバなしで扱います。',
  },
  commands: [check, build, convert, show, fix] as CommandSpec[],
}
