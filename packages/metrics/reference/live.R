# Reads the sets of live.reference.test.ts (a table "set label a b" on standard input) and answers with pROC's numbers, one line a set.
suppressMessages(library(pROC))
rows <- read.table(file("stdin"), header = TRUE)
number <- function(x) sprintf("%.17g", as.numeric(x))
named <- function(values) paste(names(values), sapply(values, number), sep = "=", collapse = " ")
for (set in split(rows, rows$set)) {
  curve <- function(scores) roc(set$label, scores, levels = c(0, 1), direction = "<", quiet = TRUE)
  a <- curve(set$a)
  b <- curve(set$b)
  part <- function(focus, low, high, correct) suppressWarnings(as.numeric(auc(a, partial.auc = c(high, low), partial.auc.focus = focus, partial.auc.correct = correct)))
  values <- list(
    auroc = auc(a),
    sensRaw = part("sensitivity", 0.8, 1, FALSE), sensMcClish = part("sensitivity", 0.8, 1, TRUE),
    specRaw = part("specificity", 0.9, 1, FALSE), specMcClish = part("specificity", 0.9, 1, TRUE),
    middleRaw = part("sensitivity", 0.6, 0.9, FALSE)
  )
  # DeLong's variance needs two cases of each class.
  if (min(table(set$label)) > 1) {
    interval <- suppressWarnings(ci.auc(a, method = "delong"))
    values <- c(values, low = interval[1], high = interval[3])
    # pROC refuses to compare curves that do not differ at all.
    paired <- try(suppressWarnings(roc.test(a, b, method = "delong", paired = TRUE)), silent = TRUE)
    unpaired <- try(suppressWarnings(roc.test(a, b, method = "delong", paired = FALSE)), silent = TRUE)
    if (!inherits(paired, "try-error")) values <- c(values, z = unname(paired$statistic), p = paired$p.value)
    if (!inherits(unpaired, "try-error")) values <- c(values, t = unname(unpaired$statistic), df = unname(unpaired$parameter), unpairedP = unpaired$p.value)
  }
  # Where the classes overlap, logistic recalibration exists.
  if (nrow(set) >= 60 && auc(a) < 0.97) {
    logit <- qlogis(set$a)
    strict <- glm.control(epsilon = 1e-14, maxit = 100)
    slope <- suppressWarnings(glm(set$label ~ logit, family = binomial, control = strict))
    intercept <- suppressWarnings(glm(set$label ~ 1, offset = logit, family = binomial, control = strict))
    # vcov() takes the weights of the last step but one, which lets it lag behind the coefficients by some 1e-7.
    X <- cbind(1, logit)
    p <- plogis(X %*% coef(slope))[, 1]
    information <- crossprod(X, X * (p * (1 - p)))
    values <- c(values, slope = unname(coef(slope)[2]), slopeError = sqrt(solve(information)[2, 2]), intercept = unname(coef(intercept)[1]))
  }
  cat(named(values), "\n", sep = "")
}
