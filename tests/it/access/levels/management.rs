//! Who may use the routes of the management plane.

use tokengrid::domain::authority::Authority::{Admin, OrgClient};

use super::Rule;

pub const TABLE: &[(&str, Rule)] = &[
    ("/management/token", Rule::GrantOrAdmin),
    ("/management/me", Rule::GrantOrAdmin),
    ("/management/.well-known/jwks.json", Rule::Open),
    ("/management/users", Rule::Registration),
    ("/management/users/{user}", Rule::Only(&[Admin])),
    ("/management/users/{user}/password", Rule::Anyone),
    ("/management/users/{user}/feed", Rule::Only(&[Admin])),
    ("/management/users/{user}/organizations", Rule::Only(&[Admin])),
    ("/management/users/{user}/organizations/{org}", Rule::Only(&[OrgClient, Admin])),
    ("/management/users/{user}/revoketokens", Rule::Only(&[Admin])),
    ("/management/users/{user}/revoketoken", Rule::Only(&[Admin])),
    ("/management/orgs/{org}", Rule::Only(&[OrgClient, Admin])),
    ("/management/orgs", Rule::Registration),
    ("/management/orgs/{org}/config", Rule::Only(&[])),
    ("/management/orgs/{org}/feed", Rule::Only(&[OrgClient, Admin])),
    ("/management/orgs/{org}/users", Rule::Only(&[OrgClient, Admin])),
    ("/management/orgs/{org}/users/{user}", Rule::Only(&[OrgClient, Admin])),
    ("/management/orgs/{org}/apps", Rule::Only(&[OrgClient, Admin])),
    ("/management/orgs/{org}/apps/{app}", Rule::Only(&[OrgClient, Admin])),
    ("/management/orgs/{org}/apps/{app}/_size", Rule::Only(&[OrgClient, Admin])),
    ("/management/orgs/{org}/apps/{app}/{collection}/_size", Rule::Only(&[OrgClient, Admin])),
    ("/management/orgs/{org}/credentials", Rule::Only(&[OrgClient, Admin])),
    ("/management/tokendetails", Rule::AnyAdmin),
    ("/management/orgs/{org}/apps/{app}/sia-provider", Rule::Only(&[OrgClient, Admin])),
    ("/management/orgs/{org}/apps/{app}/refusals", Rule::Only(&[OrgClient, Admin])),
    ("/management/orgs/{org}/apps/{app}/refusals/{trace}", Rule::Only(&[OrgClient, Admin])),
    ("/management/refusals", Rule::Only(&[])),
    ("/management/refusals/{trace}", Rule::Only(&[])),
    ("/management/orgs/{org}/apps/{app}/credentials", Rule::Only(&[OrgClient, Admin])),
];
