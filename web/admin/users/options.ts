/** Roles and states of users, with their labels. */
export const roles = { user: 'User', admin: 'Administrator' };
export const roleOptions = Object.entries(roles);
export const statusOptions: [string, string][] = [
  ['true', 'Active'],
  ['false', 'Deactivated'],
];
