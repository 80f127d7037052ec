/** Texts of charts and what can be done with them. */
export const ruFigures = {
  figure: {
    keys: 'Стрелки двигают перекрестие, плюс и минус меняют масштаб, Enter принимает выбранное, клавиша отмены возвращает всё.',
    reach: 'Наведите указатель, проведите пальцем или нажимайте стрелки: здесь появятся значения.',
    picture: 'Этот график',
    data: 'Все данные',
    embed: 'Встроить',
    embedText: 'Картинка без скриптов; обновляется вместе с данными.',
    cite: 'Цитировать',
    source: 'Банк России, учётные цены на аффинированные драгоценные металлы',
    citation: (source: string, title: string, through: string, address: string, seen: string) =>
      `${source}. «${title}», данные по ${through}. Assay, ${address} (просмотрено ${seen}).`,
    copy: 'Копировать',
    copied: 'Скопировано',
  },
};
