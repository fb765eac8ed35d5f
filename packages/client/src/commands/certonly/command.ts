/** The entry of `certonly` in the command table. */
import type { Bilingual } from '@upki-gateway/shared/problem'
import { parseNames } from './names.js'
import { parseMode } from '../parse-mode.js'
import { parseSeconds } from '../parse-seconds.js'
import type { CommandSpec, OptionSpec } from '../command-spec.js'
import { challengeOptions } from '../challenge-options.js'
import { commonOptions } from '../common-options.js'
import { hookOptions } from '../hook-options.js'
import { checkOption } from '../installer-options.js'
import type { CertonlyOptions } from './request.js'

const what: Bilingual = { en: 'Certificate:', ja: '証明書:' }
const who: Bilingual = { en: 'Server and account:', ja: 'サーバとアカウント:' }
const waiting: Bilingual = { en: 'Waiting:', ja: '待ち方:' }

export const certificateOptions: readonly OptionSpec[] = [
  {
    flags: '-d, --domains <names>',
    group: what,
    parse: (value, previous) => parseNames(value, (previous as string[] | undefined) ?? []),
    text: {
      en: 'a name of the server; repeat it or use commas. The first becomes the CN',
      ja: 'サーバの名前。繰り返すかカンマで区切る。最初のものが CN になる',
    },
  },
  {
    flags: '--cert-name <name>',
    group: what,
    text: {
      en: 'folder of the certificate (default: the first name)',
      ja: '証明書のフォルダ名 (既定: 最初の名前)',
    },
  },
  {
    flags: '--key-type <type>',
    group: what,
    choices: ['rsa2048', 'p384', 'rsa', 'ecdsa', 'rsa3072', 'rsa4096', 'p256'],
    text: {
      en: 'key to make; rsa and ecdsa mean the first two, the last three are for CAs other than UPKI (default: what the server wants, else rsa2048)',
      ja: '作る鍵の種類。rsa と ecdsa は最初の二つと同じ。最後の三つは UPKI 以外の CA 用 (既定: サーバの指定、なければ rsa2048)',
    },
  },
  {
    flags: '--rsa-key-size <bits>',
    group: what,
    choices: ['2048', '3072', '4096'],
    text: { en: 'with --key-type rsa (default: 2048)', ja: '--key-type rsa の鍵長 (既定: 2048)' },
  },
  {
    flags: '--elliptic-curve <curve>',
    group: what,
    choices: ['secp256r1', 'secp384r1'],
    text: {
      en: 'with --key-type ecdsa (default: secp384r1)',
      ja: '--key-type ecdsa の曲線 (既定: secp384r1)',
    },
  },
  {
    flags: '--preferred-chain <cn>',
    group: what,
    text: {
      en: 'of several chains the one whose topmost issuer has this CN',
      ja: 'チェーンが複数あるとき、最上位の発行者の CN がこれであるもの',
    },
  },
  {
    flags: '--csr <file>',
    group: what,
    text: {
      en: 'CSR of a key that lies elsewhere (PEM or DER); the result is plain files, as with certbot',
      ja: '別の場所にある鍵の CSR (PEM か DER)。結果は certbot と同じく単なるファイルになる',
    },
  },
  {
    flags: '--cert-path <path>',
    group: what,
    text: {
      en: 'with --csr (default: 0000_cert.pem here)',
      ja: '--csr のときの出力先 (既定: 0000_cert.pem)',
    },
  },
  {
    flags: '--chain-path <path>',
    group: what,
    text: { en: 'with --csr (default: 0000_chain.pem here)', ja: '同上 (既定: 0000_chain.pem)' },
  },
  {
    flags: '--fullchain-path <path>',
    group: what,
    text: { en: 'with --csr (default: 0000_fullchain.pem here)', ja: '同上 (既定: 0000_fullchain.pem)' },
  },
  {
    flags: '--p12 <path>',
    group: what,
    text: {
      en: 'write key and chain as PKCS#12 too, for appliances; renewals do it again',
      ja: '鍵とチェーンを PKCS#12 でも書き出す (機器用。更新時も書く)',
    },
  },
  {
    flags: '--p12-password-file <path>',
    group: what,
    text: { en: 'file that holds its password', ja: 'そのパスワードを入れたファイル' },
  },
  {
    flags: '--key-owner <user:group>',
    group: what,
    text: {
      en: 'who may read the key besides root, such as root:ssl-cert',
      ja: '鍵の所有者とグループ (例: root:ssl-cert)',
    },
  },
  {
    flags: '--key-mode <mode>',
    group: what,
    parse: parseMode,
    text: {
      en: 'mode of the key, octal (default: 600, with --key-owner 640)',
      ja: '鍵のモード (既定: 600、--key-owner があれば 640)',
    },
  },
  {
    flags: '--software <text>',
    group: what,
    text: {
      en: 'server software for the application, such as "nginx 1.22"',
      ja: '申請に記すサーバソフトウェア名等 (例: "nginx 1.22")',
    },
  },
  {
    flags: '--force-renewal',
    group: what,
    oneRun: true,
    text: {
      en: 'order even though the certificate in place is not near its end',
      ja: '今の証明書の期限が近くなくても注文する',
    },
  },
  {
    flags: '--dry-run',
    group: what,
    oneRun: true,
    text: {
      en: 'check everything (server, names, key type, challenges from here); order nothing that counts',
      ja: 'すべて確認する (サーバ、名前、鍵の種類、手元でのチャレンジ)。正式な注文はしない',
    },
  },
  {
    flags: '--renew-with-new-domains',
    group: what,
    oneRun: true,
    text: {
      en: 'replace the certificate of --cert-name by one for other names',
      ja: '--cert-name の証明書を、別の名前の証明書で置き換える',
    },
  },
]

export const accountOptions: readonly OptionSpec[] = [
  {
    flags: '--server <url>',
    group: who,
    text: { en: 'directory URL of the ACME server', ja: 'ACME サーバのディレクトリ URL' },
  },
  {
    flags: '--ca-file <path>',
    group: who,
    text: {
      en: "PEM file of the only CAs to trust for the server's TLS",
      ja: 'サーバの TLS 証明書を検証する CA の PEM ファイル (これだけを信頼する)',
    },
  },
  {
    flags: '--eab-file <path>',
    group: who,
    text: {
      en: 'EAB credential: {"kid": …, "hmacKey": …}; needed once, to make the account',
      ja: 'EAB の JSON ファイル {"kid": …, "hmacKey": …}。アカウント作成時に一度だけ必要',
    },
  },
  {
    flags: '--eab-kid <id>',
    group: who,
    text: {
      en: 'EAB key id, from your registration authority operator',
      ja: '登録担当者から渡された EAB の key id',
    },
  },
  {
    flags: '--eab-hmac-key-file <path>',
    group: who,
    text: { en: 'file that holds the EAB HMAC key', ja: 'EAB の HMAC 鍵を入れたファイル' },
  },
  {
    flags: '--eab-hmac-key <key>',
    group: who,
    secret: true,
    text: {
      en: 'the EAB HMAC key itself; as an argument others on this machine can read it',
      ja: 'EAB の HMAC 鍵そのもの。引数で渡すと同じマシンの他の利用者に見える',
    },
  },
  {
    flags: '--account <id>',
    group: who,
    text: {
      en: 'which of several accounts at the server to use',
      ja: '同じサーバに複数ある場合に使うアカウント',
    },
  },
  {
    flags: '-m, --email <address>',
    group: who,
    text: { en: 'contact address of the account', ja: 'アカウントの連絡先メールアドレス' },
  },
  {
    flags: '--agree-tos',
    group: who,
    text: { en: "agree to the server's terms of service", ja: 'サーバの利用規約に同意する' },
  },
  {
    flags: '--allow-http',
    group: who,
    text: {
      en: 'take a --server on this machine without TLS (for tests)',
      ja: 'このマシン上の --server に限り TLS なしを許す (試験用)',
    },
  },
]

const waitingOptions: readonly OptionSpec[] = [
  {
    flags: '--timeout <seconds>',
    group: waiting,
    default: 3600,
    parse: parseSeconds,
    text: {
      en: 'how long to wait for the certificate, 0 for ever',
      ja: '証明書を待つ時間 (秒)。0 は無期限',
    },
  },
  {
    flags: '--no-wait',
    group: waiting,
    text: { en: 'order and return at once with status 3', ja: '注文したらすぐ終了コード 3 で戻る' },
  },
  {
    flags: '--abandon-order',
    group: waiting,
    oneRun: true,
    text: {
      en: 'put the order under way aside, with its key, and begin anew',
      ja: '進行中の注文を鍵ごと脇へ置き、新しく注文する',
    },
  },
]

/** What `run` has in common with `certonly`. */
export const orderingOptions: readonly OptionSpec[] = [
  ...certificateOptions,
  ...accountOptions,
  ...challengeOptions,
  ...waitingOptions,
]

export const certonly: CommandSpec<CertonlyOptions> = {
  name: 'certonly',
  summary: {
    en: 'obtain a certificate, or go on waiting for one; installs nothing',
    ja: '証明書を取得する、または待ちを続ける (設置はしない)',
  },
  description: {
    en: `Obtain a certificate for one or more names of this server.

What happens: a new private key is made here, and never leaves. The order says
names and key; the server answers with the subject (O, L, ST, C) that the
certificate will have. Then the client waits: minutes for a file of
applications, days where a person has to decide.

What is written: before anything is sent off, key, CSR and order are stored in
the work directory. The finished certificate goes to live/NAME/ in the
configuration directory: privkey.pem, cert.pem, chain.pem and fullchain.pem,
as links to archive/NAME/. Key files are readable by their owner only.

What if it fails: an existing certificate stays as it is until a new one has
been checked (key, names, dates, chain). After Ctrl-C, a crash, a reboot or
the end of --timeout the same command goes on with the same order and key; it
never orders twice.`,
    ja: `このサーバの 1 つ以上の名前に対する証明書を取得します。

動作: 新しい秘密鍵をこのマシンで作ります (外へは出しません)。名前と鍵を注文に
記すと、サーバは証明書に入る主体者 DN (O, L, ST, C) を返します。その後は待ちます。
申請ファイルの処理なら数分、人の判断が要る場合は数日かかります。

書き込むもの: 送信の前に、鍵・CSR・注文を作業ディレクトリに保存します。できた
証明書は設定ディレクトリの live/NAME/ に privkey.pem, cert.pem, chain.pem,
fullchain.pem として (archive/NAME/ へのリンクで) 置きます。鍵は所有者だけが
読めます。

失敗したとき: 新しい証明書の検査 (鍵・名前・期間・チェーン) が済むまで、今の
証明書はそのままです。Ctrl-C、異常終了、再起動、--timeout の後でも、同じコマンドで同じ
注文と鍵のまま続きから再開します。二重に注文することはありません。`,
  },
  options: [...orderingOptions, ...hookOptions, checkOption, ...commonOptions],
  examples: [
    'upki-client certonly -d www.example.ac.jp -d web.example.ac.jp \\',
    '  --server https://upki.example.ac.jp/acme/directory --eab-file eab.json',
  ],
  run: async (options, context) => (await import('./run.js')).runCertonly(options, context),
}
