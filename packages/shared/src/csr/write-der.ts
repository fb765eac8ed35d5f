/**
 * One element of DER: tag, length in its shortest form, contents. Up to 65,535 bytes, more than any key or CSR here has.
 * Source: ITU-T X.690 §8.1 and §10.1.
 */
export function derElement(tag: number, ...contents: Uint8Array[]): Buffer {
  const content = Buffer.concat(contents)
  const { length } = content
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.of(tag, ...size), content])
}
