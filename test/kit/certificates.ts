import { generate } from 'selfsigned'

export interface KeyPair {
  readonly privateKey: string
  readonly certificate: string
}

/** A key with a certificate that it has signed itself, for a name or an IP address. */
export async function keyPair(name = 'idp.example', keySize: 1024 | 2048 = 2048): Promise<KeyPair> {
  const isIp = /^[\d.]+$/.test(name)
  const { private: privateKey, cert: certificate } = await generate([{ name: 'commonName', value: name }], {
    keySize,
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'subjectAltName', altNames: [isIp ? { type: 7, ip: name } : { type: 2, value: name }] },
    ],
  })
  return { privateKey, certificate }
}

/** A certificate as it stands in XML. */
export const bare = ({ certificate }: KeyPair) => certificate.replace(/-----[^-]+-----|\s/g, '')
