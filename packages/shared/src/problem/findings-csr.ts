/** Findings about the CSR, alone and against the other columns. */
const remake = { ja: 'CSRを作り直してください。', en: 'Make a new CSR.' }

export const csrFindings = {
  csrEncoding: {
    grade: 'error',
    message: { ja: 'CSRが1行のBase64ではありません。', en: 'The CSR is not one line of Base64.' },
    remedy: {
      ja: 'BEGIN行、END行と改行を除いた本体を1行で入力してください。',
      en: 'Give the body in one line, without BEGIN and END lines or line breaks.',
    },
  },
  csrStructure: {
    grade: 'error',
    message: { ja: 'CSRを読み取れません（{detail}）。', en: 'The CSR cannot be read ({detail}).' },
    remedy: { ja: 'PKCS #10のCSRを欠けなく写してください。', en: 'Copy a PKCS #10 CSR in full.' },
  },
  csrAlgorithm: {
    grade: 'error',
    message: { ja: 'CSRの署名方式{algorithm}は使えません。', en: 'The CSR is signed with {algorithm}.' },
    remedy: {
      ja: 'SHA-256以上で署名したCSRを作り直してください。',
      en: 'Make a new CSR signed with SHA-256 or better.',
    },
  },
  csrSignature: {
    grade: 'error',
    message: { ja: 'CSRの署名が正しくありません。', en: 'The signature of the CSR is wrong.' },
    remedy: remake,
  },
  csrKey: {
    grade: 'error',
    message: { ja: '鍵{keyType}は使えません。', en: 'The service takes no {keyType} key.' },
    remedy: {
      ja: 'RSA 2048ビットかECDSA P-384の鍵を作り直してください。',
      en: 'Make a new key: RSA of 2048 bits, or ECDSA on P-384.',
    },
  },
  csrKeyWeak: {
    grade: 'error',
    message: {
      ja: 'CSRのRSA鍵は解読されるおそれがあります（素数の選び方が弱い、またはROCA）。',
      en: 'The RSA key of the CSR can be broken: its primes were chosen badly (close primes, or ROCA).',
    },
    remedy: {
      ja: '別のソフトウェアか機器で鍵を作り直してください。',
      en: 'Make a new key with other software or another device.',
    },
  },
  csrKeyProfile: {
    grade: 'error',
    message: {
      ja: '鍵{keyType}はプロファイルID {profile}に合いません。',
      en: 'A {keyType} key does not fit profile {profile}.',
    },
    remedy: {
      ja: 'RSA 2048ビットは3、ECDSA P-384は11を指定してください。',
      en: 'Use profile 3 for RSA of 2048 bits and 11 for ECDSA on P-384.',
    },
  },
  csrSubjectMissing: {
    grade: 'error',
    message: {
      ja: 'CSRの主体者に{attribute}がありません。',
      en: 'The subject of the CSR lacks {attribute}.',
    },
    remedy: {
      ja: '主体者DNと同じ五つの属性でCSRを作り直してください。',
      en: 'Make a new CSR with the five attributes of the subject DN.',
    },
  },
  csrSubjectDiffers: {
    grade: 'error',
    message: {
      ja: 'CSRの主体者の{attribute}「{found}」が主体者DNの「{wanted}」と一致しません。',
      en: '{attribute} of the CSR is "{found}", of the subject DN "{wanted}".',
    },
    remedy: { ja: '一字一句同じにしてください。', en: 'Make them the same, character by character.' },
  },
  csrSubjectBlank: {
    grade: 'error',
    message: {
      ja: 'CSRの主体者の{attribute}「{found}」の前か後に空白があります。',
      en: '{attribute} of the CSR is "{found}": there is a blank before or behind it.',
    },
    remedy: {
      ja: 'カンマや等号の前後に空白を入れずに、「{wanted}」としてCSRを作り直してください。',
      en: 'Make a new CSR with "{wanted}", without blanks beside commas and equals signs.',
    },
  },
  csrSubjectEncoding: {
    grade: 'error',
    message: {
      ja: 'CSRの主体者のCがPrintableStringではありません。',
      en: 'C in the subject of the CSR is not written as a PrintableString.',
    },
    remedy: {
      ja: 'CをPrintableStringで書くソフトウェア（opensslなど）でCSRを作り直してください。',
      en: 'Make a new CSR with software that writes C as a PrintableString, as openssl does.',
    },
  },
  csrSubjectUnexpected: {
    grade: 'error',
    message: {
      ja: 'CSRの主体者に{attribute}は使えません。',
      en: 'The subject of the CSR may not have {attribute}.',
    },
    remedy: remake,
  },
  csrSubjectRepeated: {
    grade: 'error',
    message: {
      ja: 'CSRの主体者に{attribute}が二つ以上あります。',
      en: 'The subject of the CSR has {attribute} more than once.',
    },
    remedy: remake,
  },
  csrSubjectOrder: {
    grade: 'error',
    message: {
      ja: 'CSRの主体者の属性の順が違います。',
      en: 'The attributes of the CSR are in the wrong order.',
    },
    remedy: {
      ja: 'C、ST、L、O、CNの順、またはその逆で作り直してください。',
      en: 'Make a new CSR with C, ST, L, O, CN, or exactly the reverse.',
    },
  },
  csrChallengePassword: {
    grade: 'error',
    message: { ja: 'CSRにチャレンジパスワードがあります。', en: 'The CSR holds a challenge password.' },
    remedy: {
      ja: '空のままCSRを作り直してください。',
      en: 'Make a new CSR and leave the challenge password empty.',
    },
  },
  csrUnstructuredName: {
    grade: 'error',
    message: {
      ja: 'CSRに任意の会社名（unstructuredName）があります。',
      en: 'The CSR holds an optional company name.',
    },
    remedy: {
      ja: '空のままCSRを作り直してください。',
      en: 'Make a new CSR and leave the optional company name empty.',
    },
  },
  keySeen: {
    grade: 'error',
    message: {
      ja: 'この鍵は以前の申請で使われています。',
      en: 'The key was used in an earlier application.',
    },
    remedy: { ja: '更新でも必ず新しい鍵を作ってください。', en: 'Make a new key; a renewal needs one too.' },
  },
  keyBlocked: {
    grade: 'error',
    message: {
      ja: 'この鍵は危険な鍵の一覧に載っています（秘密鍵が他人に知られている鍵です）。',
      en: 'The key is on the list of blocked keys: others know the private key.',
    },
    remedy: {
      ja: '新しい鍵を作ってください。漏えいの場合は、この鍵の証明書を失効してください。',
      en: 'Make a new key; where the key leaked, revoke the certificates that have it.',
    },
  },
  keyRepeated: {
    grade: 'error',
    message: { ja: '{other}行目と同じ鍵です。', en: 'The key is the same as in row {other}.' },
    remedy: { ja: '証明書ごとに別の鍵を作ってください。', en: 'Make a key of its own for each certificate.' },
  },
} as const
