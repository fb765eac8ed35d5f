/** Findings about the subject DN. */
const register = {
  ja: '機関の登録値を使ってください。項目を空にすればゲートウェイが補います。',
  en: "Use the organisation's registered value; left empty, the gateway fills the DN in.",
}

export const dnFindings = {
  dnSyntax: {
    grade: 'error',
    upstreamCode: '206',
    message: {
      ja: '主体者DNがDN情報のフォーマットに準じていません。',
      en: 'The subject DN is not a list of attribute=value parts.',
    },
    remedy: {
      ja: 'CN=…,O=…,L=…,ST=…,C=JPの形式で入力してください。',
      en: 'Write it as CN=…,O=…,L=…,ST=…,C=JP.',
    },
  },
  dnBlank: {
    grade: 'error',
    upstreamCode: '206',
    message: {
      ja: '主体者DNの「,」または「=」の前後に空白があります。',
      en: 'The subject DN has a blank beside a comma or an equals sign.',
    },
    remedy: {
      ja: '空白を除いてください。空白が属性の値に入った証明書は失効になります。',
      en: 'Remove it; certificates with such a blank in a value had to be revoked.',
    },
  },
  dnLetterCase: {
    grade: 'error',
    upstreamCode: '206',
    message: {
      ja: '主体者DNの属性名は大文字で書きます。',
      en: 'Attribute names of the subject DN are written in capitals.',
    },
    remedy: { ja: 'cn=をCN=のように直してください。', en: 'Write CN=, not cn=.' },
  },
  dnEmptyValue: {
    grade: 'error',
    upstreamCode: '206',
    message: {
      ja: '主体者DNに値のない属性があります。',
      en: 'The subject DN has an attribute without a value.',
    },
    remedy: { ja: '値を入力してください。', en: 'Give it a value.' },
  },
  dnMissing: {
    grade: 'error',
    upstreamCode: '206',
    message: { ja: '主体者DNに{attribute}がありません。', en: 'The subject DN lacks {attribute}.' },
    remedy: {
      ja: 'CN、O、L、ST、Cの五つをこの順に書いてください。',
      en: 'Give CN, O, L, ST and C, in this order.',
    },
  },
  dnRepeated: {
    grade: 'error',
    upstreamCode: '206',
    message: {
      ja: '主体者DNに{attribute}が二つ以上あります。',
      en: 'The subject DN has {attribute} more than once.',
    },
    remedy: { ja: '一つにしてください。', en: 'Give it once.' },
  },
  dnUnexpected: {
    grade: 'error',
    upstreamCode: '206',
    message: { ja: '主体者DNに{attribute}は使えません。', en: 'The subject DN may not have {attribute}.' },
    remedy: { ja: '{attribute}を除いてください。', en: 'Leave {attribute} out.' },
  },
  dnOu: {
    grade: 'error',
    message: {
      ja: 'サーバ証明書の主体者DNにOUは使えません（2022年7月26日から）。',
      en: 'Server certificates have no OU since 2022-07-26.',
    },
    remedy: {
      ja: 'OUを除き、OUのないCSRを作り直してください。',
      en: 'Leave OU out and make a new CSR without it.',
    },
  },
  dnOrder: {
    grade: 'error',
    upstreamCode: '206',
    message: {
      ja: '主体者DNの属性の順が違います。',
      en: 'The attributes of the subject DN are in the wrong order.',
    },
    remedy: { ja: 'CN、O、L、ST、Cの順に書いてください。', en: 'Write them as CN, O, L, ST, C.' },
  },
  dnCharacter: {
    grade: 'error',
    upstreamCode: '206',
    message: {
      ja: '主体者DNの{attribute}に使えない文字「{characters}」があります。',
      en: '{attribute} of the subject DN holds characters that are not allowed: {characters}',
    },
    remedy: {
      ja: "英数字、空白、'(),-./:= だけを使ってください。",
      en: "Use only letters, digits, blank and '(),-./:=",
    },
  },
  dnValueTooLong: {
    grade: 'error',
    upstreamCode: '202',
    message: {
      ja: '主体者DNの{attribute}は64桁以内です（現在{length}桁）。',
      en: '{attribute} of the subject DN may have 64 characters; it has {length}.',
    },
    remedy: { ja: '短くしてください。', en: 'Shorten it.' },
  },
  dnDefaultValue: {
    grade: 'error',
    message: {
      ja: '主体者DNの{attribute}が既定値「{word}」のままです。',
      en: '{attribute} of the subject DN still holds the default "{word}".',
    },
    remedy: register,
  },
  dnCountry: {
    grade: 'error',
    message: { ja: '主体者DNのCはJPに限ります。', en: 'C of the subject DN is always JP.' },
    remedy: { ja: 'C=JPとしてください。', en: 'Write C=JP.' },
  },
  dnOrganisation: {
    grade: 'error',
    message: {
      ja: '主体者DNのOが登録された値「{registered}」と一致しません。',
      en: 'O of the subject DN is not the registered "{registered}".',
    },
    remedy: register,
  },
  dnLocality: {
    grade: 'error',
    message: {
      ja: '主体者DNのLが登録された値「{registered}」と一致しません。',
      en: 'L of the subject DN is not the registered "{registered}".',
    },
    remedy: register,
  },
  dnState: {
    grade: 'error',
    message: {
      ja: '主体者DNのSTが登録された値「{registered}」と一致しません。',
      en: 'ST of the subject DN is not the registered "{registered}".',
    },
    remedy: register,
  },
  dnStateUnusual: {
    grade: 'warning',
    message: {
      ja: '主体者DNのST「{state}」は都道府県のローマ字表記に見えません。',
      en: 'ST "{state}" does not look like a prefecture.',
    },
    remedy: {
      ja: '機関の登録値と一字一句同じか確かめてください。',
      en: "Compare it with the organisation's registered value, letter by letter.",
    },
  },
  dnDiffersAmongRows: {
    grade: 'warning',
    message: {
      ja: '主体者DNの{attribute}が{other}行目と違います。',
      en: '{attribute} of the subject DN differs from row {other}.',
    },
    remedy: {
      ja: 'O、L、STは機関ごとに一つです。どちらかが誤りです。',
      en: 'An organisation has one O, L and ST; one of the rows is wrong.',
    },
  },
} as const
