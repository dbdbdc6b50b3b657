/** Roles and states of users, and how they are called. */
export const roles = { user: 'User', admin: 'Administrator' };
export const roleOptions = Object.entries(roles);
export const statusOptions: [string, string][] = [
  ['true', 'Active'],
  ['false', 'Deactivated'],
];
