/** The entry of `inspect` in the command table. */
import type { CommandSpec } from '../command-spec.js'
import { commonOptions } from '../common-options.js'
import type { InspectOptions } from './run.js'

export const inspect: CommandSpec<InspectOptions> = {
  name: 'inspect',
  summary: {
    en: 'show what keys, CSRs, certificates and PKCS#12 files hold',
    ja: '鍵・CSR・証明書・PKCS#12 の中身を見る',
  },
  description: {
    en: `Show what PEM, DER and PKCS#12 files hold: keys, CSRs, certificates. A private key
itself is never shown. Nothing is written.`,
    ja: `PEM・DER・PKCS#12 ファイルの中身 (鍵・CSR・証明書) を表示します。秘密鍵そのものは
表示しません。何も書き込みません。`,
  },
  operands: { syntax: '<files...>', text: { en: 'files', ja: 'ファイル' } },
  options: [
    {
      flags: '--password-file <path>',
      group: { en: 'Input:', ja: '入力:' },
      text: {
        en: 'password of PKCS#12 files and encrypted keys',
        ja: 'PKCS#12 や暗号化された鍵のパスワード',
      },
    },
    ...commonOptions.filter(({ flags }) => /--(json|quiet|lang)/.test(flags)),
  ],
  examples: ['upki-client inspect www.csr', 'upki-client inspect --password-file pin.txt user.p12'],
  run: async (options, context) => (await import('./run.js')).runInspect(options, context),
}
