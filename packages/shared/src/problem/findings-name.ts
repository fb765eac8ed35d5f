/** Findings about host names: the CN, the FQDN and the dNSName list. */
export const nameFindings = {
  hostWildcard: {
    grade: 'error',
    message: {
      ja: 'ワイルドカード「{name}」は発行されません。',
      en: 'No certificate is issued for the wildcard {name}.',
    },
    remedy: { ja: 'ホスト名を一つずつ書いてください（8個まで）。', en: 'List the host names, up to eight.' },
  },
  hostIpAddress: {
    grade: 'error',
    message: { ja: 'IPアドレス「{name}」は使えません。', en: '{name} is an IP address.' },
    remedy: { ja: 'FQDNで書いてください。', en: 'Give a fully qualified host name.' },
  },
  hostNotAscii: {
    grade: 'error',
    message: {
      ja: 'ホスト名「{name}」に半角以外の文字があります。',
      en: 'The host name {name} is not ASCII.',
    },
    remedy: {
      ja: '国際化ドメイン名はxn--で始まる形で書いてください。',
      en: 'Write an internationalised name in its xn-- form.',
    },
  },
  hostSyntax: {
    grade: 'error',
    message: { ja: '「{name}」はホスト名として正しくありません。', en: '"{name}" is not a host name.' },
    remedy: {
      ja: '英数字、「.」、「-」だけを使い、各ラベルの両端は英数字にしてください（63桁まで）。',
      en: 'Use letters, digits, dots and hyphens; each label begins and ends with a letter or digit and has at most 63.',
    },
  },
  hostNotQualified: {
    grade: 'error',
    message: { ja: '「{name}」はFQDNではありません。', en: '"{name}" is not fully qualified.' },
    remedy: {
      ja: 'www.example.ac.jpのようにドメインまで書いてください。',
      en: 'Write it with its domain, as www.example.ac.jp.',
    },
  },
  hostTooLong: {
    grade: 'error',
    upstreamCode: '202',
    message: {
      ja: 'ホスト名は{max}桁以内です（現在{length}桁）。',
      en: 'The host name may have {max} characters; it has {length}.',
    },
    remedy: { ja: '短い名前を使ってください。', en: 'Use a shorter name.' },
  },
  hostOutsideDomains: {
    grade: 'error',
    message: {
      ja: '対象のドメインは許可されていないため発行できません（{name}）。',
      en: '{name} is outside the registered domains of the organisation.',
    },
    remedy: {
      ja: '{domains}の下の名前を使うか、ドメインを登録してください。',
      en: 'Use a name under {domains}, or have the domain registered.',
    },
  },
  hostCapitals: {
    grade: 'warning',
    message: {
      ja: '「{name}」は小文字で発行されます（2024年8月20日から）。',
      en: '{name} will be issued in lower case (since 2024-08-20).',
    },
    remedy: { ja: 'CSRも含めて小文字で書いてください。', en: 'Write it in lower case, in the CSR too.' },
  },
  hostPhishingWord: {
    grade: 'warning',
    message: {
      ja: '「{name}」に「{word}」が含まれ、発行が保留されることがあります。',
      en: '{name} holds the word "{word}": issuance may be held for review.',
    },
    remedy: {
      ja: '認証局の目視確認まで待つか、別の名前を使ってください。',
      en: 'Wait until a person at the authority releases it, or use another name.',
    },
  },
  fqdnDiffersFromCn: {
    grade: 'error',
    message: {
      ja: '利用管理者FQDNが主体者DNのCN「{cn}」と一致しません。',
      en: 'The FQDN is not the CN "{cn}" of the subject DN.',
    },
    remedy: { ja: 'CNと同じ値にしてください。', en: 'Write the same as in the CN.' },
  },
  dnsNamesSyntax: {
    grade: 'error',
    message: {
      ja: 'dNSNameの書式が違います（「{part}」）。',
      en: 'The list is not in the form dNSName=a,dNSName=b (at "{part}").',
    },
    remedy: {
      ja: 'dNSName=www.example.ac.jp,dNSName=web.example.ac.jpの形式で、空白や末尾の「,」を付けずに書いてください。',
      en: 'Write dNSName=www.example.ac.jp,dNSName=web.example.ac.jp, without blanks or a comma at the end.',
    },
  },
  dnsNamesTooMany: {
    grade: 'error',
    message: {
      ja: 'ホスト名はCNを含めて{max}個までです（現在{count}個）。',
      en: 'A certificate has at most {max} names, CN included; these are {count}.',
    },
    remedy: { ja: '申請を分けてください。', en: 'Split the application.' },
  },
  dnsNamesTooLong: {
    grade: 'error',
    upstreamCode: '202',
    message: {
      ja: 'dNSNameは自動で加わるFQDNを含めて{max}桁以内です（現在{length}桁）。',
      en: 'The dNSName list may have {max} characters with the FQDN that the service adds; it has {length}.',
    },
    remedy: { ja: '名前を減らしてください。', en: 'Give fewer names.' },
  },
  dnsNamesRepeated: {
    grade: 'warning',
    message: {
      ja: 'dNSNameに「{name}」が二つ以上あります。',
      en: 'The dNSName list has {name} more than once.',
    },
    remedy: { ja: '一つにしてください。', en: 'Give it once.' },
  },
} as const
