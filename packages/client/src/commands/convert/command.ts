/** The entry of `convert` in the command table. */
import type { CommandSpec } from '../command-spec.js'
import { commonOptions } from '../common-options.js'
import type { ConvertOptions } from './run.js'

const result = { en: 'Result:', ja: '結果:' }
const input = { en: 'Input:', ja: '入力:' }

export const convert: CommandSpec<ConvertOptions> = {
  name: 'convert',
  summary: {
    en: 'convert keys, CSRs and certificates among PEM, DER and PKCS#12',
    ja: '鍵・CSR・証明書を PEM・DER・PKCS#12 の間で変換する',
  },
  description: {
    en: `Convert between PEM, DER and PKCS#12. PKCS#12 needs a key and its certificate, which
must belong together; further certificates become its chain. The output is a new
file of mode 0600; an existing file is not replaced.`,
    ja: `PEM・DER・PKCS#12 の間で変換します。PKCS#12 には対になる鍵と証明書が必要で、残りの
証明書はチェーンになります。出力は 0600 の新しいファイルで、既存のファイルは
置き換えません。`,
  },
  operands: { syntax: '<files...>', text: { en: 'files', ja: 'ファイル' } },
  options: [
    {
      flags: '--to <format>',
      group: result,
      choices: ['pem', 'der', 'p12'],
      default: 'pem',
      text: { en: 'format to write', ja: '変換先の形式' },
    },
    { flags: '-o, --output <path>', group: result, text: { en: 'file to write', ja: '出力先ファイル' } },
    {
      flags: '--name <text>',
      group: result,
      default: 'upki',
      text: { en: 'name of the PKCS#12 entry', ja: 'PKCS#12 の項目名' },
    },
    {
      flags: '--password-file <path>',
      group: input,
      text: { en: 'password of what is read', ja: '読むファイルのパスワード' },
    },
    {
      flags: '--new-password-file <path>',
      group: result,
      text: {
        en: 'password of the PKCS#12 (default: that of --password-file)',
        ja: '作る PKCS#12 のパスワード (既定: --password-file と同じ)',
      },
    },
    ...commonOptions.filter(({ flags }) => /--(json|quiet|lang)/.test(flags)),
  ],
  examples: [
    'upki-client convert user.p12 --password-file pin.txt --to pem -o user.pem',
    'upki-client convert privkey.pem fullchain.pem --to p12 --new-password-file pass.txt -o www.p12',
  ],
  run: async (options, context) => (await import('./run.js')).runConvert(options, context),
}
