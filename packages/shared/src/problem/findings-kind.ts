/** Findings about kinds other than those for server certificates: client, S/MIME, revocation, ACME. */
export const kindFindings = {
  kindUnpublished: {
    grade: 'error',
    message: {
      ja: 'この種類の申請は列の仕様が公開されていないため、使えない設定になっています。',
      en: 'The columns of this kind are not published; it is switched off.',
    },
    remedy: {
      ja: '仕様を確かめた登録担当者が設定で許可したときだけ使えます。',
      en: 'An operator who has checked the columns can switch it on by configuration.',
    },
  },
  dnOrderPerson: {
    grade: 'error',
    upstreamCode: '206',
    message: {
      ja: '主体者DNの属性の順が違います。',
      en: 'The attributes of the subject DN are in the wrong order.',
    },
    remedy: {
      ja: 'CN、OU（複数可）、O、L、ST、Cの順に書いてください。',
      en: 'Write them as CN, OU (any number), O, L, ST, C.',
    },
  },
  dnOuAcme: {
    grade: 'error',
    message: { ja: 'ACMEの申請の主体者DNにOUは使えません。', en: 'A DN for ACME has no OU.' },
    remedy: { ja: 'OUを除いてください。', en: 'Leave OU out.' },
  },
  dnNoPlace: {
    grade: 'error',
    upstreamCode: '206',
    message: { ja: '主体者DNにLもSTもありません。', en: 'The subject DN has neither L nor ST.' },
    remedy: { ja: '機関の登録値を入れてください。', en: "Give the organisation's registered values." },
  },
  dnHalfPlace: {
    grade: 'warning',
    message: {
      ja: '主体者DNに{attribute}がありません。',
      en: 'The subject DN lacks {attribute}.',
    },
    remedy: {
      ja: 'LとSTの両方を書くと確実です。',
      en: 'Giving both L and ST is safe.',
    },
  },
  dnPersonCharacter: {
    grade: 'error',
    upstreamCode: '206',
    message: {
      ja: '主体者DNの{attribute}に使えない文字「{characters}」があります。',
      en: '{attribute} of the subject DN holds characters that are not allowed: {characters}',
    },
    remedy: {
      ja: "英数字、空白、'(),-./:= と、CNに限り @_ を使ってください。",
      en: "Use only letters, digits, blank and '(),-./:= and, in the CN, @_",
    },
  },
  dnKnown: {
    grade: 'error',
    upstreamCode: '212',
    message: {
      ja: '指定したDNはすでに存在しています。',
      en: 'A certificate with this subject DN was issued before.',
    },
    remedy: {
      ja: '更新申請とし、失効対象証明書シリアル番号に{serial}を指定するか、CNかOUで区別してください。',
      en: 'Apply for a renewal, with serial number {serial}, or tell it apart by CN or OU.',
    },
  },
  dnUnknown: {
    grade: 'warning',
    message: {
      ja: 'この主体者DNの発行記録がありません。',
      en: 'No certificate with this subject DN is on record.',
    },
    remedy: {
      ja: '発行されたときの主体者DNを一字一句写してください。',
      en: 'Copy the subject DN as it was issued, letter by letter.',
    },
  },
  dnRepeatedInFile: {
    grade: 'error',
    message: { ja: '{other}行目と同じ主体者DNです。', en: 'The subject DN is the same as in row {other}.' },
    remedy: {
      ja: '学籍番号や連番をCNかOUに入れて区別してください。',
      en: 'Tell them apart by a number in CN or OU.',
    },
  },
  serialUnknown: {
    grade: 'warning',
    message: {
      ja: 'このシリアル番号の証明書の記録がありません。',
      en: 'No certificate with this serial number is on record.',
    },
    remedy: {
      ja: 'シリアル番号を確かめるか、報告ファイルを取り込んでください。',
      en: 'Check the number, or read in the report.',
    },
  },
  serialOfOtherDn: {
    grade: 'error',
    message: {
      ja: 'このシリアル番号の証明書の主体者DNは「{issued}」です。',
      en: 'The certificate of this serial number has the subject DN "{issued}".',
    },
    remedy: {
      ja: '主体者DNとシリアル番号を同じ証明書から写してください。',
      en: 'Copy subject DN and serial number from one certificate.',
    },
  },
  smimeCommonName: {
    grade: 'error',
    message: {
      ja: 'S/MIME証明書のCNがメールアドレスではありません（2023年8月30日から）。',
      en: 'The CN of an S/MIME certificate is a mail address (since 2023-08-30).',
    },
    remedy: { ja: 'CN=hanako@example.ac.jpの形式で書いてください。', en: 'Write CN=hanako@example.ac.jp.' },
  },
  smimeMailDiffers: {
    grade: 'error',
    message: {
      ja: '利用者E-mailが主体者DNのCN「{cn}」と一致しません。',
      en: 'The user e-mail is not the CN "{cn}" of the subject DN.',
    },
    remedy: { ja: '同じアドレスにしてください。', en: 'Give the same address in both.' },
  },
  downloadTypeBrowser: {
    grade: 'warning',
    message: {
      ja: 'ダウンロード方法3（ブラウザ個別）に対応するブラウザはもうありません。',
      en: 'No browser of today supports download type 3.',
    },
    remedy: { ja: '1（P12個別）を指定してください。', en: 'Use 1, PKCS#12 for each user.' },
  },
  p12FileNameMissing: {
    grade: 'error',
    upstreamCode: '201',
    message: {
      ja: 'ダウンロード方法1と2ではP12ダウンロードファイル名が必須です。',
      en: 'Download types 1 and 2 need a PKCS#12 file name.',
    },
    remedy: { ja: '拡張子のない名前を入力してください。', en: 'Give a name without extension.' },
  },
  p12FileNameSyntax: {
    grade: 'error',
    message: {
      ja: 'P12ダウンロードファイル名に使えない文字があります。',
      en: 'The PKCS#12 file name holds a character that file names cannot have.',
    },
    remedy: {
      ja: '英数字、「-」、「_」、「.」で書いてください。',
      en: 'Use letters, digits, hyphen, underscore and dot.',
    },
  },
  p12FileNameExtension: {
    grade: 'warning',
    message: {
      ja: 'P12ダウンロードファイル名に拡張子があります。',
      en: 'The PKCS#12 file name has an extension.',
    },
    remedy: { ja: '拡張子を除いてください。システムが付けます。', en: 'Leave it out; the system adds it.' },
  },
  p12FileNameRepeated: {
    grade: 'error',
    message: {
      ja: '{other}行目と同じP12ダウンロードファイル名です。',
      en: 'The PKCS#12 file name is the same as in row {other}.',
    },
    remedy: { ja: '一行ごとに違う名前にしてください。', en: 'Give each row a name of its own.' },
  },
  pinNotTaken: {
    grade: 'error',
    message: {
      ja: 'アクセスPINを指定できるのはダウンロード方法2（P12一括）だけです。',
      en: 'An access PIN can be given for download type 2 only.',
    },
    remedy: {
      ja: '空欄にしてください。システムがPINを作ります。',
      en: 'Leave it empty; the system makes the PIN.',
    },
  },
  pinBlank: {
    grade: 'error',
    message: { ja: 'アクセスPINに空白があります。', en: 'The access PIN holds a blank.' },
    remedy: { ja: '空白のない英数記号で指定してください。', en: 'Use letters, digits and symbols only.' },
  },
  pinShort: {
    grade: 'warning',
    message: { ja: 'アクセスPINが8文字より短いです。', en: 'The access PIN has fewer than 8 characters.' },
    remedy: {
      ja: '長いPINにするか、空欄にしてシステムに作らせてください。',
      en: 'Use a longer one, or leave it empty and the system makes one.',
    },
  },
  accountIdSyntax: {
    grade: 'error',
    message: {
      ja: 'ACMEアカウントIDに空白があります。',
      en: 'The ACME account ID holds a blank.',
    },
    remedy: { ja: '通知されたIDをそのまま写してください。', en: 'Copy the ID as it was given to you.' },
  },
  dnsNamesRepeatedAcme: {
    grade: 'error',
    message: {
      ja: 'dNSNameに「{name}」が二つ以上あります。ACMEの申請では受け付けられません。',
      en: 'The dNSName list has {name} more than once, which the ACME kinds refuse.',
    },
    remedy: { ja: '一つにしてください。', en: 'Give it once.' },
  },
  commentCharacter: {
    grade: 'error',
    upstreamCode: '205',
    message: {
      ja: '失効理由コメントに使えない文字「{characters}」があります。',
      en: 'The revocation comment holds characters that are not allowed: {characters}',
    },
    remedy: {
      ja: 'JIS第一・第二水準の文字で書いてください。',
      en: 'Use characters of JIS levels 1 and 2.',
    },
  },
} as const
