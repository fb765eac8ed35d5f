/** Prefectures in the spellings seen in ST; registered values may differ, so this only warns. Source: docs/upki-tsv.md. */
const hepburn =
  'Hokkaido Aomori Iwate Miyagi Akita Yamagata Fukushima Ibaraki Tochigi Gunma Saitama Chiba Tokyo Kanagawa ' +
  'Niigata Toyama Ishikawa Fukui Yamanashi Nagano Gifu Shizuoka Aichi Mie Shiga Kyoto Osaka Hyogo Nara ' +
  'Wakayama Tottori Shimane Okayama Hiroshima Yamaguchi Tokushima Kagawa Ehime Kochi Fukuoka Saga Nagasaki ' +
  'Kumamoto Oita Miyazaki Kagoshima Okinawa'
const otherSpellings = 'Hokkaidou Toukyou Kyouto Oosaka Hyougo Kouchi Ooita Gumma'

const prefectures = new Set(`${hepburn} ${otherSpellings}`.split(' '))

export const isPrefecture = (text: string): boolean => prefectures.has(text)
