// The object identifiers of a certificate: algorithms and extensions by their dotted names.

export const oids = {
  commonName: '2.5.4.3',
  mlDsa65: '2.16.840.1.101.3.4.3.18',
  basicConstraints: '2.5.29.19',
  keyUsage: '2.5.29.15',
  extendedKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
  subjectKeyId: '2.5.29.14',
  authorityKeyId: '2.5.29.35',
  subjectAltName: '2.5.29.17',
  /** The proof of libp2p that a peer's key belongs to the certificate. */
  libp2pProof: '1.3.6.1.4.1.53594.1.1',
} as const
