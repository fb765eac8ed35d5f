/** CSRs made at test time, good ones and bad ones. */
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
x509.cryptoProvider.set(webcrypto);
const algorithms = {
    rsa2048: rsa(2048, 'SHA-256'),
    rsa3072: rsa(3072, 'SHA-256'),
    rsaSha1: rsa(2048, 'SHA-1'),
    rsaSha512: rsa(2048, 'SHA-512'),
    p256: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
    p384: { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' },
    ed25519: { name: 'Ed25519' },
};
function rsa(modulusLength, hash) {
    return { name: 'RSASSA-PKCS1-v1_5', publicExponent: new Uint8Array([1, 0, 1]), modulusLength, hash };
}
export const sampleSubject = 'C=JP,ST=Tokyo,L=Chiyoda-ku,O=Example University,CN=www.example.ac.jp';
/** DER of a CSR with a key of its own. */
export async function makeCsrDer({ key = 'rsa2048', ...options } = {}) {
    const algorithm = algorithms[key];
    const keys = (await webcrypto.subtle.generateKey(algorithm, true, [
        'sign',
        'verify',
    ]));
    const csr = await x509.Pkcs10CertificateRequestGenerator.create({
        name: new x509.Name((options.subject ?? sampleSubject).split(',').map(toNameAttribute)),
        keys,
        signingAlgorithm: algorithm,
        extensions: extensionsOf(options),
        attributes: attributesOf(options),
    });
    return new Uint8Array(csr.rawData);
}
function extensionsOf({ dnsNames = [], ipAddress }) {
    const names = dnsNames.map((value) => ({ type: 'dns', value }));
    if (ipAddress)
        names.push({ type: 'ip', value: ipAddress });
    return names.length > 0 ? [new x509.SubjectAlternativeNameExtension(names)] : [];
}
function attributesOf({ challengePassword, unstructuredName }) {
    // PKCS #9: unstructuredName, here as a UTF8String.
    const utf8 = (text) => Buffer.from([0x0c, Buffer.byteLength(text), ...Buffer.from(text)]);
    return [
        ...(challengePassword ? [new x509.ChallengePasswordAttribute(challengePassword)] : []),
        ...(unstructuredName ? [new x509.Attribute('1.2.840.113549.1.9.2', [utf8(unstructuredName)])] : []),
    ];
}
function toNameAttribute(part) {
    const [name = '', value = ''] = part.split('=');
    return { [name === 'emailAddress' ? 'E' : name]: [value] };
}
/** One line of Base64, as TSV column 7 holds it. */
export const makeCsr = async (options) => Buffer.from(await makeCsrDer(options)).toString('base64');
//# sourceMappingURL=make-csr.js.map