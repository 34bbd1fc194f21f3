//! What Usergrid's own tests pin (wire 9): each row that concerns authentication, management, users, roles, groups and
//! permissions, and the test that stands for it, or why none does.
//!
//! Files are those of this folder, then those of `tests/it`. What a test must not do is assert a defect of Usergrid's: a
//! test that refuses one is named after its number in wire 10.
//!
//! # Tokens and management (9.1)
//!
//! | Usergrid | here |
//! |---|---|
//! | `AccessTokenIT.tokenTtl` | `tokens.rs::access_token_it_token_ttl` |
//! | `AccessTokenIT.meToken`, `.meTokenPost`, `.meTokenPostForm` | `tokens.rs::access_token_it_me_token_by_query_json_and_form` |
//! | `AccessTokenIT.ttlNan`, `.ttlOverMax` | `tokens.rs::access_token_it_ttl_nan_and_over_max` |
//! | `AccessTokenIT.revokeTokens` | `tokens.rs::access_token_it_revoke_tokens` |
//! | `AccessTokenIT.revokeSingleToken` | `tokens.rs::access_token_it_revoke_single_token` |
//! | `ManagementResourceIT.tokenTtl`, `.ttlNan`, `.ttlOverMax` | `tokens.rs::access_token_it_token_ttl`, `tokens.rs::access_token_it_ttl_nan_and_over_max`, `token/ttl.rs::the_wish_holds_at_every_level_and_in_the_token` |
//! | `ManagementResourceIT.meToken`, `.meTokenPost`, `.meTokenPostForm` | `tokens.rs::access_token_it_me_token_by_query_json_and_form` |
//! | `ManagementResourceIT.token` | `organizations.rs::organizations_it_organization_update_is_seen_at_once_by_the_token` |
//! | `ManagementResourceIT.revokeToken` | `tokens.rs::management_resource_it_revoke_token` |
//! | `ManagementResourceIT.setSelfAdminPasswordAsAdmin` | `admins.rs::management_resource_it_set_self_admin_password_as_admin`; a grant beside a token counts here: `token/reissue.rs::a_grant_beside_the_token_is_what_counts` |
//! | `ManagementResourceIT.crossOrgsNotViewable` | `organizations.rs::management_resource_it_cross_orgs_not_viewable` |
//! | `ManagementResourceIT.mgmtCreateAndGetApplication` | `applications.rs::management_resource_it_mgmt_create_and_get_application` |
//! | `ManagementResourceIT.checkSizes` | `applications.rs::management_resource_it_check_sizes` |
//! | `ManagementResourceIT.mgmtFollowsUserFeed` | none: activities are not kept: `permissions.rs::collections_that_a_token_server_does_not_keep_are_empty_and_take_nothing` |
//! | `ManagementResourceIT.testValidateExternalToken` | `social.rs::management_resource_it_test_validate_external_token`, `sso/central.rs::an_admin_of_the_central_server_is_made_here_with_their_organizations` |
//! | `ManagementResourceIT.testSuperuserOnlyWhenValidateExternalTokensEnabledForUsergridProvider` | `sso/central.rs::passwords_do_not_count_here_except_the_superusers` |
//! | `ExternalSSOEnabledIT.SuperUserTestsFor` | none: ignored in Usergrid; what it means: `sso/jwt.rs::passwords_of_admins_do_not_count_here_except_the_superusers` |
//!
//! # Admins and organizations (9.2)
//!
//! | Usergrid | here |
//! |---|---|
//! | `AdminUsersIT.setSelfAdminPasswordAsAdmin` | `admins.rs::admin_users_it_set_self_admin_password_as_admin` |
//! | `AdminUsersIT.createUserWithInvalidPassword` | `admins.rs::admin_users_it_create_user_with_invalid_password_leaves_nobody` |
//! | `AdminUsersIT.resetPasswordWithInvalidNewPassword`, `.passwordMismatchErrorAdmin` | `admins.rs::admin_users_it_reset_password_with_invalid_new_password_and_mismatch` |
//! | `AdminUsersIT.setAdminPasswordAsSysAdmin` | `admins.rs::admin_users_it_set_admin_password_as_sysadmin` |
//! | `AdminUsersIT.mgmtUserFeed` | `members.rs::feeds_tell_who_did_what_newest_first_and_cannot_be_scripted` |
//! | `AdminUsersIT.testUnconfirmedAdminLogin` | `mail.rs::admin_users_it_test_unconfirmed_admin_login`, `admins.rs::admin_users_it_unconfirmed_admin_login` |
//! | `AdminUsersIT.testSystemAdminNeedsNoConfirmation` | `mail.rs::admin_users_it_test_system_admin_needs_no_confirmation` |
//! | `AdminUsersIT.testTestUserNeedsNoConfirmation` | none: no test account exists |
//! | `AdminUsersIT.updateManagementUserNoToken`, `.updateManagementUserWrongAdminToken`, `.updateManagementUserSuperuserToken`, `.updateManagementUserAdminToken` | `admins.rs::admin_users_it_update_management_user_no_token_wrong_token_superuser_and_own` |
//! | `AdminUsersIT.testAdminRemovalFromOrg` | `members.rs::admin_users_it_admin_removal_from_org_ends_access_at_once` |
//! | `AdminUsersIT.reactivateTest` | `mail.rs::admin_users_it_reactivate_test` |
//! | `AdminUsersIT.checkFormPasswordReset` | `mail.rs::admin_users_it_check_form_password_reset` |
//! | `AdminUsersIT.passwordResetIncorrectUserName` | `mail.rs::admin_users_it_password_reset_incorrect_user_name` |
//! | `AdminUsersIT.checkPasswordHistoryConflict` | `admins.rs::admin_users_it_check_password_history_conflict` |
//! | `AdminUsersIT.checkPasswordChangeTime` | `admins.rs::admin_users_it_check_password_change_time` |
//! | `AdminUsersIT.listOrgUsersByName` | `members.rs::organizations_it_create_new_org_user_no_password_and_name` |
//! | `AdminUsersIT.createOrgFromUserConnectionFail` | `members.rs::an_admin_leaves_one_of_two_organizations_and_keeps_their_token`; 400 instead of 500 |
//! | `AdminUsersIT.testProperties` | `system.rs::admin_users_it_test_properties` |
//! | `OrganizationsIT.createOrgAndOwner` | `organizations.rs::organizations_it_create_org_and_owner` |
//! | `OrganizationsIT.createNewOrgUserNoPassword` | `members.rs::organizations_it_create_new_org_user_no_password_and_name` |
//! | `OrganizationsIT.testCreateDuplicateOrgName`, `.testCreateDuplicateOrgEmail` | `organizations.rs::organizations_it_create_duplicate_org_name_and_email_create_nothing` |
//! | `OrganizationsIT.testOrgPOSTParams`, `.testOrgPOSTForm` | `organizations.rs::organizations_it_org_post_params_are_refused_and_a_form_is_taken` |
//! | `OrganizationsIT.noOrgDelete` | `organizations.rs::organizations_it_no_org_delete` |
//! | `OrganizationsIT.testCreateOrgUserAndReturnCorrectUsername` | `members.rs::organizations_it_create_org_user_and_return_correct_username` |
//! | `OrganizationsIT.testOrganizationUpdate` | `organizations.rs::organizations_it_organization_update_is_seen_at_once_by_the_token` |
//! | `OrganizationsIT.testOrganizationNoDuplicateConnectionsPUT`, `.testOrganizationNoDuplicateConnectionsPOST` | `members.rs::organizations_it_no_duplicate_connections_by_put_or_post` |
//! | `RegistrationIT.putAddToOrganizationFail` | `members.rs::registration_it_put_add_to_organization_fail` |
//! | `RegistrationIT.postAddToOrganization` | `members.rs::organizations_it_create_org_user_and_return_correct_username` |
//! | `RegistrationIT.addNewAdminUserWithNoPwdToOrganization` | `mail.rs::registration_it_add_new_admin_user_with_no_pwd_to_organization`; but a mail's token opens nothing, which is defect 3: `mail/links.rs::defect_3_a_mails_token_is_no_bearer_token` |
//! | `RegistrationIT.addExistingAdminUserToOrganization` | `mail.rs::registration_it_add_existing_admin_user_to_organization` |
//! | `AdminEmailEncodingIT.getTokenPlus`, `.getTokenUnderscore`, `.getTokenDash`, `.getTokenQuote` | `members.rs::admin_email_encoding_it_get_token_plus_underscore_dash_and_quote` |
//!
//! # Applications, users, roles, groups and permissions (9.3)
//!
//! | Usergrid | here |
//! |---|---|
//! | `ApplicationResourceIT.applicationWithOrgCredentials`, `.applicationWithAppCredentials`, `.applicationCollectionWithAppCredentials`, `.rootApplicationWithOrgCredentials`, `.applicationCollectionWithAppToken` | `application.rs::application_resource_it_application_with_org_and_app_credentials` |
//! | `ApplicationResourceIT.jsonForNoAccepts`, `.applicationWithJsonCreds`, `.testGetAppCredentials`, `.getApmConfig` | `application.rs::application_resource_it_json_for_no_accepts_json_creds_and_unknown_paths` |
//! | `ApplicationResourceIT.testGetOrgCredentials` | `management/credentials.rs::credentials_are_read_in_the_envelope_of_their_plane` |
//! | `ApplicationResourceIT.testResetAppCredentials` | `management/credentials.rs::a_rotation_ends_the_old_secret_and_its_tokens_at_once` |
//! | `ApplicationResourceIT.ttlOverMax`, `.tokenTtl`, `.ttlNan` | `application.rs::application_resource_it_token_ttl_ttl_over_max_and_defect_10_ttl_nan`; `ttlNan` is 400 instead of 500: `defects.rs::defect_10_a_negative_ttl_and_a_form_ttl_nan_are_refused` |
//! | `ApplicationResourceIT.updateAccessTokenTtl` | `application.rs::application_resource_it_update_access_token_ttl`; by administration; the test sets `tokens.access_ttl` to 604800 seconds |
//! | `ApplicationResourceIT.authorizationCodeWithWrongCredentials`, `.authorizeWithInvalidClientIdRaisesError`, `.authorizationCodeWithValidCredentials` | none: unsafe by design, an open redirect with a live token; what is served there now is for registered clients alone: `defects.rs::defect_2_the_authorize_route_gives_no_tokens_away` |
//! | `ApplicationResourceIT.clientCredentialsFlowWithBasicAuthentication`, `.clientCredentialsFlowWithPayload`, `.clientCredentialsFlowWithHeaderAuthorizationAndPayload` | `token/clients.rs::a_client_gets_a_token_at_its_own_doors_in_every_way` |
//! | `ApplicationResourceIT.clientCredentialsFlowWithHeaderAuthorization` | `token/clients.rs::a_client_gets_a_token_at_its_own_doors_in_every_way`; ignored in Usergrid |
//! | `ApplicationResourceIT.appTokenFromOrgCreds`, `.appTokenFromAppCreds` | `application.rs::application_resource_it_app_token_from_org_and_app_creds_lists_users`; the test sets `tokens.access_ttl` to 604800 seconds |
//! | `ApplicationCreateIT.testCreateAndImmediateGet`, `.testCreateAndImmediateList` | `applications.rs::application_create_it_create_and_immediate_get_and_list` |
//! | `ApplicationDeleteIT.testBasicOperation` | `applications.rs::application_delete_it_basic_operation` |
//! | `ApplicationDeleteIT.testCommonUseCases`, `.testAppRestore` | `applications.rs::application_delete_it_common_use_cases_and_restore` |
//! | `ApplicationDeleteIT.testAppRestoreConflict` | `applications.rs::application_delete_it_app_restore_conflict` |
//! | `ApplicationDeleteIT.testAppDeleteConflict` | `applications.rs::application_delete_it_app_delete_conflict` |
//! | `SecurityIT.testAssetsNoCredentials`, `.testQueuesNoCredentials` | `permissions.rs::security_it_no_credentials_is_401` |
//! | `SecurityIT.testFacebookAuthNoCredentials` | `social.rs::security_it_test_facebook_auth_no_credentials` |
//! | `SecurityIT.testPingIdentityAuthNoCredentials` | `social.rs::security_it_test_ping_identity_auth_no_credentials` |
//! | `SecurityIT.testFoursquareAuthNoCredentials` | `social.rs::security_it_test_foursquare_auth_no_credentials` |
//! | `SecurityIT.testSysadminNoCredentials` | `system.rs::security_it_sysadmin_no_credentials_and_no_other_level` |
//! | `SecurityIT.testSysadminWithCredentials` | `system.rs::security_it_sysadmin_with_credentials_and_system_resource_it` |
//! | `UserResourceIT.getToken` | `accounts.rs::user_resource_it_get_token` |
//! | `UserResourceIT.revokeToken` | `accounts.rs::user_resource_it_revoke_token_by_name_ends_all` |
//! | `UserResourceIT.nameUpdate` | `users.rs::user_resource_it_name_update` |
//! | `UserResourceIT.deactivateUser` | `accounts.rs::user_resource_it_deactivate_user` |
//! | `UserResourceIT.test_PUT_password_fail` | `accounts.rs::user_resource_it_test_put_password_fail` |
//! | `UserResourceIT.test_PUT_password_ok` | `accounts.rs::user_resource_it_test_put_password_ok_by_the_old_one_alone` |
//! | `UserResourceIT.setUserPasswordAsAdmin`, `.passwordMismatchErrorUser` | `accounts.rs::user_resource_it_set_user_password_as_admin_and_password_mismatch_error_user` |
//! | `UserResourceIT.testChangePassordToInvalidValue`, `.createAppUserWithInvalidPassword` | `accounts.rs::user_resource_it_test_change_password_to_invalid_value_and_create_with_one` |
//! | `UserResourceIT.addRemoveRole` | `roles.rs::user_resource_it_add_remove_role` |
//! | `UserResourceIT.getUserWIthEmailUsername`, `.getUserWithEmailContainingSingleQuote`, `.getUserWithEmailContainingPlus` | `users.rs::user_resource_it_get_user_with_email_username_and_single_quote_and_plus` |
//! | `UserResourceIT.usernameQuery` | `query.rs::user_resource_it_username_query` |
//! | `UserResourceIT.nameQuery` | `query.rs::user_resource_it_name_query` |
//! | `UserResourceIT.nameQueryByUUIDs` | `query.rs::user_resource_it_name_query_by_uuids` |
//! | `UserResourceIT.nameFullTextQuery` | `query.rs::user_resource_it_name_full_text_query` |
//! | `UserResourceIT.clientNameQuery` | `query.rs::user_resource_it_client_name_query` |
//! | `UserResourceIT.resultSizeSame` | `query.rs::user_resource_it_result_size_same` |
//! | `UserResourceIT.queryForUuids` | `query.rs::user_resource_it_query_for_uuids` |
//! | `UserResourceIT.queryForUserUuids` | `query.rs::user_resource_it_query_for_user_uuids` |
//! | `UserResourceIT.deleteUser` | `users.rs::user_resource_it_delete_user` |
//! | `UserResourceIT.test_POST_batch` | `users.rs::user_resource_it_test_post_batch` |
//! | `UserResourceIT.delegatePutOnNotFound` | `users.rs::user_resource_it_delegate_put_on_not_found_creates` |
//! | `UserResourceIT.singularCollectionName` | `users.rs::user_resource_it_singular_collection_name` |
//! | `UserResourceIT.test_GET_user_ok` | `users.rs::user_resource_it_test_get_user_ok_by_every_name` |
//! | `UserResourceIT.testCredentialsTransfer` | `user_credentials.rs::user_resource_test_credentials_transfer` |
//! | `UserResourceIT.connectionQuerybyEmail` | `roles.rs::user_resource_it_connection_query_by_email`, `query.rs::user_resource_it_connection_query_by_email` |
//! | `PermissionsResourceIT.deleteUserFromRole` | `permissions.rs::permissions_resource_it_delete_user_from_role` |
//! | `PermissionsResourceIT.deleteUserGroup` | `permissions.rs::permissions_resource_it_delete_user_group` |
//! | `PermissionsResourceIT.dictionaryPermissions` | `permissions.rs::permissions_resource_it_dictionary_permissions_lets_a_guest_make_roles` |
//! | `PermissionsResourceIT.getNonExistentEntityReturns404` | `permissions.rs::permissions_resource_it_get_non_existent_entity_returns_404` |
//! | `PermissionsResourceIT.applicationPermissions` | `permissions.rs::permissions_resource_it_application_permissions` |
//! | `PermissionsResourceIT.wildcardMiddlePermission` | `permissions.rs::permissions_resource_it_wildcard_middle_permission` |
//! | `PermissionsResourceIT.wildcardFollowingPermission` | `permissions.rs::permissions_resource_it_wildcard_following_permission` |
//! | `PermissionsResourceIT.testUsersMeAlwaysAvailable` | `permissions.rs::permissions_resource_it_test_users_me_always_available` |
//! | `PermissionsResourceIT.testAppUserNamedMeNotAllowed` | `users.rs::permissions_resource_it_test_app_user_named_me_not_allowed` |
//! | `PermissionsResourceIT.testAdminUserNamedMeNotAllowed` | `admins.rs::permissions_resource_it_admin_user_named_me_is_not_allowed` |
//! | `OwnershipResourceIT.meVerify` | `access/revocation.rs::a_user_ends_all_their_tokens_by_any_of_their_names` |
//! | `RetrieveUsersTest.queryForUsername` | `query.rs::retrieve_users_test_query_for_username`, `users.rs::retrieve_users_test_query_for_username_and_user_entity_dictionary_has_roles` |
//! | `RetrieveUsersTest.userEntityDictionaryHasRoles` | `roles.rs::retrieve_users_test_user_entity_dictionary_has_roles` |
//! | `GroupResourceIT.createGroupValidation` | `groups.rs::group_resource_it_create_group_validation` |
//! | `GroupResourceIT.createGroupSlashInNameAndPathValidation` | `groups.rs::group_resource_it_create_group_slash_in_name_and_path_validation` |
//! | `GroupResourceIT.createGroupSpaceInNameValidation` | `groups.rs::group_resource_it_create_group_space_in_name_validation` |
//! | `GroupResourceIT.createGroupSpaceInPathValidation` | `groups.rs::group_resource_it_create_group_space_in_path_validation` |
//! | `GroupResourceIT.groupCRUDOperations` | `groups.rs::group_resource_it_group_crud_operations` |
//! | `GroupResourceIT.addRemoveUserGroup` | `groups.rs::group_resource_it_add_remove_user_group` |
//! | `GroupResourceIT.addRemoveRoleGroup` | `groups.rs::group_resource_it_add_remove_role_group` |
//! | `GroupResourceIT.addRolePermissionToGroupVerifyPermission` | `groups.rs::group_resource_it_add_role_permission_to_group_verify_permission` |
//! | `BrowserCompatibilityTest.testChromeHtmlTypes`, `.testFireFoxHtmlTypes`, `.testSafariTypes` | `clients.rs::browser_compatibility_test_json_whatever_is_accepted` |
//!
//! # Cross-cutting, lower level and clients (9.4)
//!
//! | Usergrid | here |
//! |---|---|
//! | `ContentTypeResourceIT.correctHeaders`, `.textPlainContentType`, `.formEncodedContentType`, `.missingAcceptAndContent` | `clients.rs::content_type_resource_it_the_first_byte_of_the_body_decides` |
//! | `ContentTypeResourceIT.noAcceptGet` | `application.rs::application_resource_it_json_for_no_accepts_json_creds_and_unknown_paths` |
//! | `ExceptionResourceIT` | `permissions.rs::exception_resource_it_a_whole_collection_is_never_deleted`, `users.rs::exception_resource_it_a_collection_is_not_removed_as_a_whole`, `organizations.rs::exception_resource_it_the_list_of_organizations_is_never_deleted` |
//! | `BasicIT.serviceResourceNotFoundReturns404` | `access/routes.rs::what_is_not_listed_is_404_for_everyone` |
//! | `SystemResourceIT` | `system.rs::security_it_sysadmin_with_credentials_and_system_resource_it` |
//! | `ApiResponseTest.testIgnoreQP` | `src/http/usergrid/envelope/tests.rs::params_leave_credentials_out_and_keep_every_value` |
//! | `TokenServiceIT`, creation, lifetime and expiry | `token/four_levels.rs::a_token_says_who_holds_it_and_where`, `token/ttl.rs::the_wish_holds_at_every_level_and_in_the_token`, `token/ttl.rs::accesstokenttl_is_default_and_maximum_for_users_of_its_application_alone`, `access/states.rs::a_token_dies_in_the_very_second_of_its_expiry` |
//! | `TokenServiceIT`, revocation | `access/revocation.rs::the_end_of_one_token_ends_its_session_and_leaves_the_others` |
//! | `TokenServiceIT`, update of the access time | none: tokens have no rows; a pause is noted for roles alone: `roles.rs::role_it_test_role_inactivity_rests_for_a_token_that_was_left_alone` |
//! | `CustomResolverTest` | `src/domain/permission/tests.rs::usergrids_table_holds` |
//! | `PasswordPolicyTest` | `src/domain/password.rs::every_rule_that_is_broken_is_named` |
//! | `RolesServiceIT` | `roles.rs::roles_service_it_create_new_role_post`, `roles.rs::roles_service_it_create_new_role_put`, `roles.rs::roles_service_it_no_role_name`, `roles.rs::roles_service_it_no_permissions_on_post_or_put`, `roles.rs::roles_service_it_delete_permissions_every_verb_answers_the_complete_list` |
//! | `RoleIT.testRoleInactivity` | `roles.rs::role_it_test_role_inactivity_rests_for_a_token_that_was_left_alone` |
//! | `EmailFlowIT`, admins | `mail.rs::email_flow_it_test_create_organization_and_admin_with_confirmation_only`, `mail.rs::email_flow_it_test_create_organization_and_admin_with_confirmation_and_activation`, `mail.rs::email_flow_it_skip_all_email_configuration` |
//! | `EmailFlowIT`, users | `mail.rs::email_flow_it_test_app_user_activation_resetpwd_mail`, `mail.rs::email_flow_it_test_app_user_confirmation_mail` |
//! | `ManagementServiceIT`, tokens and states | `token/four_levels.rs::an_admin_gets_their_organizations`, `access/revocation.rs::the_end_of_all_tokens_ends_every_session`, `admins.rs::what_the_superuser_disables_is_out_at_once`, `accounts.rs::user_resource_it_deactivate_user`; its counters are not kept |
//! | `ManagementServiceIT`, the superuser's organizations | `system.rs::the_superuser_is_over_every_organization_and_shown_ten_at_most` |
//! | `EncryptionServiceImplTest` and its family | `src/crypto/password/legacy/tests.rs::each_chain_knows_its_password_and_asks_for_a_rehash`, `moving/passwords.rs::every_chain_signs_in_after_the_move_and_is_rehashed` |
//! | `FacebookProviderIT` | `social/providers.rs::a_facebook_account_becomes_a_user_with_a_token_of_ours`, `social/accounts.rs::a_second_sign_in_is_the_same_user_with_a_fresh_profile` |
//! | nodejs client.auth, user | `sdks.rs::npm_2_authenticates_applications_and_users`, `sdks.rs::npm_2_keeps_users_and_logs_out` |
//! | swift AUTH_Tests, `User_Tests` | `sdks.rs::swift_reads_the_class_from_type_and_only_json` |
//! | portal protractor | `portal.rs::the_portal_boots_and_shows_an_organization`, `portal.rs::the_portal_makes_applications_and_admins`, `portal.rs::the_portal_keeps_users`, `portal.rs::the_portal_keeps_groups_roles_and_permissions`, `portal.rs::the_portal_keeps_the_profile_and_survives_a_new_organization` |
mod accounts;
mod admins;
mod application;
mod applications;
mod clients;
mod defects;
mod errors;
mod groups;
mod lending;
mod mail;
mod members;
mod names;
mod organizations;
mod permissions;
mod portal;
mod query;
mod query_bounds;
mod roles;
mod sdks;
mod sentences;
mod social;
mod stage;
mod system;
mod tokens;
mod user_credentials;
mod users;

use std::path::Path;

/// The words of the table that name a test, as file and function.
fn named(table: &str) -> Vec<(&str, &str)> {
    let rows = table.lines().filter(|line| line.starts_with("//! |"));
    rows.flat_map(|row| row.split('`').skip(1).step_by(2)).filter_map(|word| word.split_once("::")).collect()
}

#[test]
fn the_table_names_tests_that_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let table = std::fs::read_to_string(root.join("tests/it/usergrid/mod.rs")).unwrap();
    let named = named(&table);
    assert!(named.len() > 100, "the table is read");
    for (file, name) in named {
        let places = ["tests/it/usergrid", "tests/it", ""].map(|folder| root.join(folder).join(file));
        let place = places.iter().find(|place| place.is_file()).unwrap_or_else(|| panic!("{file} is not there"));
        let text = std::fs::read_to_string(place).unwrap();
        assert!(text.contains(&format!("fn {name}(")), "{file} has no test {name}");
    }
}
