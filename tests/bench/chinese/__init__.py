"""A small Chinese set: invented news, and questions of which half have an answer in it.

It is what the decision to answer or to refuse is measured on in Chinese. `articles.jsonl` are 16 short articles, two of
them in traditional characters; `questions.jsonl` are ten questions about each. Five have an answer: `answers` are its
exact words in the article, each right. Five are near to the article and have none in any of the 16: they ask for
another year, another name, a fact that is not told, or the cause of what was not so. Towns, bodies, people and figures
are all made up.

The words tell the two kinds apart about as well as they do in SQuAD 2.0: ranked by the share of a question's words
that the best sentence of its article has, an AUC of .58 here (by pairs of characters) and of .57 there, counted when
the questions were written. A half has 40 questions of a kind: a share of them is uncertain by some 15 points.

The id of the article decides in which half a question is (`bot.training.sets.in_fitting_half`).
"""
