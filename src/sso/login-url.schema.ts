import { hasProductStart } from '../auth/issuer/product-start.ts'
import { builder } from '../graphql/builder.ts'
import { SsoConnectorRef } from '../graphql/refs.ts'
import { addressesOf } from './protocols.ts'

builder.interfaceField(SsoConnectorRef, 'loginUrl', t =>
  t.string({
    nullable: true,
    description:
      'Where a sign-in with it begins, for the tile in the page of applications of the provider (its `initiate_login_uri`): it leads to the product, and from there to the provider, without an address to type. It takes `iss`, `login_hint`, `target_link_uri` (an address of the product) and `client_id`. Null where no product of the deployment has a place to begin at.',
    resolve: ({ id }, _args, { services: { config } }) =>
      hasProductStart(config) ? addressesOf(config.publicUrl, id).login : null,
  }),
)
