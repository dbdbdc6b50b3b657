/** How changing a user affects their tokens, for the descriptions of those operations. */
export const tokenEffects =
  'Deactivation and a new password revoke all tokens of the user; they have to log in again. A new role revokes access ' +
  'tokens with the old one; refreshing returns one with the new role. All of this takes effect immediately on every ' +
  'gateway. You cannot deactivate or demote yourself, and the last active administrator stays one.';
