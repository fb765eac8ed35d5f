/** CSRs made at test time, good ones and bad ones. */
import 'reflect-metadata';
declare const algorithms: {
    readonly rsa2048: {
        name: string;
        publicExponent: Uint8Array<ArrayBuffer>;
        modulusLength: number;
        hash: string;
    };
    readonly rsa3072: {
        name: string;
        publicExponent: Uint8Array<ArrayBuffer>;
        modulusLength: number;
        hash: string;
    };
    readonly rsaSha1: {
        name: string;
        publicExponent: Uint8Array<ArrayBuffer>;
        modulusLength: number;
        hash: string;
    };
    readonly rsaSha512: {
        name: string;
        publicExponent: Uint8Array<ArrayBuffer>;
        modulusLength: number;
        hash: string;
    };
    readonly p256: {
        readonly name: "ECDSA";
        readonly namedCurve: "P-256";
        readonly hash: "SHA-256";
    };
    readonly p384: {
        readonly name: "ECDSA";
        readonly namedCurve: "P-384";
        readonly hash: "SHA-384";
    };
    readonly ed25519: {
        readonly name: "Ed25519";
    };
};
export type TestKey = keyof typeof algorithms;
export interface TestCsr {
    key?: TestKey;
    /** In the order of the CSR; default the sample organisation with `www.example.ac.jp`. */
    subject?: string;
    dnsNames?: string[];
    challengePassword?: string;
    unstructuredName?: string;
    /** Added to the subjectAltName. */
    ipAddress?: string;
}
export declare const sampleSubject = "C=JP,ST=Tokyo,L=Chiyoda-ku,O=Example University,CN=www.example.ac.jp";
/** DER of a CSR with a key of its own. */
export declare function makeCsrDer({ key, ...options }?: TestCsr): Promise<Uint8Array>;
/** One line of Base64, as TSV column 7 holds it. */
export declare const makeCsr: (options?: TestCsr) => Promise<string>;
export {};
//# sourceMappingURL=make-csr.d.ts.map