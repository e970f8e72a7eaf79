import { graphql } from '../generated/gql.ts'

const Members = graphql(`
  query MembersOfTheExample($slug: String!) {
    organization(by: { slug: $slug }) {
      members {
        nodes {
          origin
        }
      }
    }
  }
`)
