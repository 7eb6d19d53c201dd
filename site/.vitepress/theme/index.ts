// Without the fonts of the theme: the reader's own are as good, and nothing is to be loaded.
import theme from 'vitepress/theme-without-fonts';
import './style.css';

export default theme;
