import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import './boxoffice.css';

const root = document.getElementById('root');
if (!root) throw new Error('the page has no place for the box office');
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
