def test_look(open_notebook):
    import time
    for name in ("00_start_here","01_counting_successes"):
        t=time.time()
        nb = open_notebook(name+".ipynb"); t1=time.time()
        nb.run_all(); t2=time.time()
        print(name, t1-t, t2-t1)
        nb.page.wait_for_timeout(1500)
        nb.page.set_viewport_size({"width":1280,"height":9000}); nb.page.wait_for_timeout(1500)
        nb.page.screenshot(path=f"/tmp/w/o/{name}.png")
        print(nb.errors, nb.strangers)
