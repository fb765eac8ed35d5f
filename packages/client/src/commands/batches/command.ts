/** The entries of `batches …` in the command table: what an operator does who carries files by hand. */
import type { Bilingual } from '@upki-gateway/shared/problem'
import type { CommandGroup, CommandSpec, OptionSpec } from '../command-spec.js'
import { commonOptions } from '../common-options.js'
import type { ListOptions, ReportOptions, TakeOptions, TellOptions } from './run.js'

const who: Bilingual = { en: 'Gateway:', ja: 'ゲートウェイ:' }
const what: Bilingual = { en: 'Batch:', ja: 'バッチ:' }
const id = { syntax: '<id>', text: { en: 'id of the batch', ja: 'バッチの id' } }

const gatewayOptions: readonly OptionSpec[] = [
  {
    flags: '--server <url>',
    group: who,
    text: { en: 'the gateway, https://host', ja: 'ゲートウェイの URL (https://host)' },
  },
  {
    flags: '--token-file <path>',
    group: who,
    text: {
      en: "file with an operator's token (scopes batches:read, batches:write)",
      ja: '登録担当者のトークンのファイル (batches:read と batches:write)',
    },
  },
  {
    flags: '--ca-file <path>',
    group: who,
    text: {
      en: "PEM file of the only CAs to trust for the gateway's TLS",
      ja: 'ゲートウェイの TLS 証明書を検証する CA の PEM ファイル (これだけを信頼する)',
    },
  },
  ...commonOptions.filter(({ flags }) => /--(json|quiet|lang|config )/.test(flags)),
]

const list: CommandSpec<ListOptions> = {
  name: 'list',
  summary: { en: 'list the files that wait to be uploaded', ja: 'アップロード待ちのファイルを一覧する' },
  description: {
    en: `List sealed files, oldest last. --state shows others: handed-out are in
somebody's hands, attention waits for a decision.`,
    ja: `封をしたファイルを一覧します。--state handed-out は受け取り済みのもの、attention は
判断待ちのものを表示します。`,
  },
  options: [
    {
      flags: '--state <state>',
      group: what,
      default: 'sealed',
      text: { en: 'state of the batches', ja: 'バッチの状態' },
    },
    ...gatewayOptions,
  ],
  examples: ['upki-client batches list --server https://gateway.example.ac.jp --token-file token'],
  run: async (options, context) => (await import('./run.js')).runList(options, context),
}

const take: CommandSpec<TakeOptions> = {
  name: 'take',
  summary: { en: 'take a sealed file, to upload it by hand', ja: '封をしたファイルを受け取る' },
  description: {
    en: `Write the file, byte for byte as it was sealed. From then on it counts as
handed out: upload it on the screen of its kind with 「全件処理を中断する」,
then say with "batches tell" what the service answered. --again is your word
that it was taken before and surely not uploaded.`,
    ja: `封をしたままのファイルを書き出します。以後は受け取り済みとして扱われます。種別の画面で
「全件処理を中断する」を選んでアップロードし、結果を "batches tell" で伝えてください。
--again は、以前受け取ったがアップロードしていないことを意味します。`,
  },
  operands: id,
  options: [
    {
      flags: '-o, --out <directory>',
      group: what,
      default: '.',
      text: { en: 'where to write it', ja: '書き出すフォルダ' },
    },
    {
      flags: '--again',
      group: what,
      text: { en: 'taken before, and surely not uploaded', ja: '受け取り済みだが未アップロード' },
    },
    ...gatewayOptions,
  ],
  examples: ['upki-client batches take 0198… --out Downloads'],
  run: async (options, context) => (await import('./run.js')).runTake(options, context),
}

const tell: CommandSpec<TellOptions> = {
  name: 'tell',
  summary: { en: 'tell what the service answered to a file', ja: 'アップロードの結果を伝える' },
  description: {
    en: `Give the page that answered the upload, as the browser saved it or as copied
text, or one word: accepted, unknown (the report decides) or not-uploaded (the
file is given out again).`,
    ja: `アップロード後の画面を、ブラウザで保存した HTML かコピーしたテキストで渡します。
または accepted、unknown (報告が決める)、not-uploaded (もう一度渡す) のいずれかを指定します。`,
  },
  operands: id,
  options: [
    {
      flags: '--page <path>',
      group: what,
      text: { en: 'the saved page (.html) or its text', ja: '保存した画面 (.html) かそのテキスト' },
    },
    {
      flags: '--outcome <word>',
      group: what,
      choices: ['accepted', 'unknown', 'not-uploaded'],
      text: { en: 'in place of the page', ja: '画面の代わりに結果を指定する' },
    },
    ...gatewayOptions,
  ],
  examples: [
    'upki-client batches tell 0198… --page answer.html',
    'upki-client batches tell 0198… --outcome accepted',
  ],
  run: async (options, context) => (await import('./run.js')).runTell(options, context),
}

const report: CommandSpec<ReportOptions> = {
  name: 'report',
  summary: { en: 'give serverAll.tsv or clientAll.tsv to the gateway', ja: 'serverAll.tsv などの報告を渡す' },
  description: {
    en: `Give a report exactly as it was downloaded. --taken-at says when; without it
the time of the file's last change counts, and --no-proof leaves it out, so that
missing rows prove nothing.`,
    ja: `ダウンロードした報告をそのまま渡します。--taken-at はダウンロード時刻で、省略すると
ファイルの更新時刻を使います。--no-proof を付けると、行がないことを根拠にしません。`,
  },
  operands: {
    syntax: '<file>',
    text: { en: 'serverAll.tsv or clientAll.tsv', ja: 'serverAll.tsv か clientAll.tsv' },
  },
  options: [
    {
      flags: '--name <name>',
      group: what,
      choices: ['server', 'client'],
      text: {
        en: 'which report (default: told from the name of the file)',
        ja: '報告の種類 (既定: ファイル名から)',
      },
    },
    {
      flags: '--taken-at <time>',
      group: what,
      text: { en: 'when it was downloaded, ISO 8601', ja: 'ダウンロードした時刻 (ISO 8601)' },
    },
    {
      flags: '--no-proof',
      group: what,
      text: { en: 'missing rows prove nothing', ja: '行がないことを根拠にしない' },
    },
    ...gatewayOptions,
  ],
  examples: ['upki-client batches report serverAll.tsv'],
  run: async (options, context) => (await import('./run.js')).runReport(options, context),
}

export const batches: CommandGroup = {
  name: 'batches',
  summary: {
    en: "carry the gateway's files to the service by hand (operators)",
    ja: 'ゲートウェイのファイルを手作業で提出する (登録担当者用)',
  },
  description: {
    en: `For the registration authority operator: take sealed files from the gateway,
tell what the service answered, and give its reports. --server, --token-file
and --ca-file may stand in the configuration file.`,
    ja: `登録担当者用です。封をしたファイルを受け取り、サービスの応答と報告をゲートウェイへ渡します。
--server、--token-file、--ca-file は設定ファイルにも書けます。`,
  },
  commands: [list, take, tell, report] as unknown as readonly CommandSpec[],
}
